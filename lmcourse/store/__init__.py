"""Results of long runs on disk, each with the record of what made it; `lmcourse reproduce` is this package on the command line.

plan        what an experiment consists of: rows, members, chunks
task        one chunk, as a worker runs it
workers     who runs the chunks: this process, processes, a cluster
parts       finished chunks on disk, until all are there
result      the whole result: arrays, record, and the refusal of what cannot be trusted
run         all of it together
overview    what can be run, how long it takes here, and what is stored
command     the command line, and the report beside a result
"""

from lmcourse.store.plan import StoredResultError, find, names
from lmcourse.store.result import STORED, Stored, load
from lmcourse.store.run import reproduce
from lmcourse.store.workers import dask_workers, processes

__all__ = ["STORED", "Stored", "StoredResultError", "dask_workers", "find", "load", "names", "processes", "reproduce"]
