"""Where the parts are put together: settings, addresses, system checks, the command line and what it serves."""
