"""Settings for all tests: one thread, no progress file of a reader is touched."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LMCOURSE_PROGRESS"] = "off"

# The same examples on every run: a test that fails must fail for its author, not for the next one who comes along.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")
