"""What a lesson says to its reader: figures, predictions, quizzes and progress."""

from .figures import show
from .table import progress, reset_progress
from .questions import predict, quiz, reveal

__all__ = ["predict", "progress", "quiz", "reset_progress", "reveal", "show"]
