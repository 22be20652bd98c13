"""What leaves the screen, told once: boards and sentences of the pages -> the plain values of ``reports.story``."""

from views.story.report import report
from views.story.slides import show

__all__ = ["report", "show"]
