"""What a lesson says to its reader: figures, predictions, quizzes and progress."""

from .course_map import course_map
from .figures import show
from .questions import predict, quiz, reveal
from .table import progress, reset_progress

__all__ = ["course_map", "predict", "progress", "quiz", "reset_progress", "reveal", "show"]
