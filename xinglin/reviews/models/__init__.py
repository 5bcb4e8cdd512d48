from .event import ReviewEvent
from .state import ReviewState
from .version import ContentVersion

__all__ = ["ContentVersion", "ReviewEvent", "ReviewState"]
