"""Stand-ins for what an explorer hands to its long computations."""

from types import SimpleNamespace

STOPPED = SimpleNamespace(stopping=SimpleNamespace(is_set=lambda: True))  # a run whose Stop button was pressed
