"""Figures of the home pages: the flow of one intake (P-12), and how far provinces and bases are (R-23)."""

from .flow import Flow, Task, flow_of, intake_url

__all__ = ["Flow", "Task", "flow_of", "intake_url"]
