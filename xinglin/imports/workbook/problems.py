"""Why a file cannot be read, in words for the person who uploaded it."""


class Unreadable(Exception):
    """The whole file is refused. The message is Chinese: what is wrong and what to do."""
