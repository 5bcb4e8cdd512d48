"""Writing messages, and what becomes of them."""

from .posting import post
from .settling import claim, settle
from .upkeep import keep, wipe

__all__ = ["claim", "keep", "post", "settle", "wipe"]
