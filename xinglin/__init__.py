"""Xinglin 杏林: the platform on which China's postgraduate medical education is run."""

__version__ = "0.1.0"
