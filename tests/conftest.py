"""Settings for all tests: one thread, no progress file of a reader is touched."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LMCOURSE_PROGRESS"] = "off"
