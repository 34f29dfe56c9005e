"""Long runs with other workers, lost workers and sudden ends: the same bytes as without. Runs and kills are real, in small."""

import os
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from lmcourse import store
from lmcourse.store import workers
from lmcourse.store.plan import Chunk, plan
from lmcourse.store.task import compute

TESTS = Path(__file__).parent
NAME = "samples.small_training"
COMMAND = [sys.executable, "-m", "lmcourse.cli", "reproduce", NAME, "--folder"]
no_forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and kill -9 are of Unix")


@pytest.fixture(autouse=True)
def samples(monkeypatch):
    monkeypatch.syspath_prepend(TESTS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS.parent), str(TESTS)]))


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The bytes of the result when this process runs it all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TESTS)
        folder = tmp_path_factory.mktemp("whole")
        store.reproduce(NAME, folder, progress=False)
    return (folder / "small_training.npz").read_bytes()


def outcome(folder):
    return (folder / "small_training.npz").read_bytes()


def parts_in(folder):
    return len(list(folder.glob("*.parts-*/*.npz")))


def wait_until(reached, process):
    """Until something is so; a process that ends before is an error, and five minutes are enough anywhere."""
    for _ in range(6000):
        if reached():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    pytest.fail("five minutes were not enough")


def start(*arguments, **variables):
    text = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([*map(str, arguments)], env={**os.environ, **variables}, **text)


# ------------------------------------------------------------------------------------------------- kill -9


@no_forks
@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "says"), [("moments", "20 kills"), ("operations", "killed at "), ("again", "killed at ")]
)
def test_whenever_it_is_killed_the_same_call_ends_at_the_same_bytes(what, says, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "samples.stopped_runs", what, tmp_path, "11"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0 and says in run.stdout, run.stdout + run.stderr
    if says == "killed at ":
        assert int(run.stdout.split()[-2]) >= 25


# ------------------------------------------------------------------------------------------------- workers


def test_any_executor_gives_the_same_bytes(expected, tmp_path):
    store.reproduce(NAME, tmp_path, progress=False, workers=lambda: ThreadPoolExecutor(3))
    assert outcome(tmp_path) == expected


@no_forks
@pytest.mark.slow
def test_worker_processes_end_with_their_opener_and_a_lost_one_is_replaced(expected, tmp_path):
    held = start(*COMMAND, tmp_path, "--workers", 2, LMCOURSE_TEST_HOLD="1")
    wait_until(lambda: parts_in(tmp_path) == 11, held)  # all but the one that is held
    children = psutil.Process(held.pid).children(recursive=True)
    assert len(children) >= 2
    held.kill()
    _, alive = psutil.wait_procs(children, timeout=60)
    for child in alive:
        child.kill()
    held.communicate()  # not before: it reads until all who can write have ended
    assert not alive
    again = start(*COMMAND, tmp_path, "--workers", 2, LMCOURSE_TEST_LOSE=tmp_path / "lost")
    said, _ = again.communicate()
    assert again.returncode == 0, said
    assert (tmp_path / "lost").read_text() == 2 * "visited\n" and outcome(tmp_path) == expected
    assert "Warning" not in said


class Losing(Executor):
    """Runs the first call and loses its worker at the second."""

    def __init__(self, finishes):
        self.finishes = finishes

    def submit(self, fn, /, *args):
        future = Future()
        if self.finishes:
            self.finishes -= 1
            future.set_result(fn(*args))
        else:
            future.set_exception(BrokenExecutor("lost"))
        return future


def test_a_worker_that_is_lost_again_and_again_is_given_up():
    calls = [(2, n) for n in range(5)]
    assert dict(workers.finished(pow, calls, lambda: Losing(1))) == {(2, n): 2**n for n in range(5)}
    with pytest.raises(store.StoredResultError, match="Workers were lost 3 times while nothing was finished"):
        list(workers.finished(pow, calls, lambda: Losing(0)))


def test_a_worker_with_another_version_says_so():
    with pytest.raises(store.StoredResultError, match=f"has another version of {NAME}"):
        compute(NAME, 30, "0" * 64, Chunk(0, 0, 5))
    assert len(compute(NAME, 30, plan(NAME).identity, Chunk(0, 0, 5))[0]["loss"]) == 5


def test_what_a_chunk_raises_comes_out_and_what_is_finished_stays(expected, tmp_path, monkeypatch):
    from samples import small_training

    def fails(spec, seeds):
        raise ZeroDivisionError("a mistake of the experiment")

    with monkeypatch.context() as patch:
        patch.setattr(small_training, "perhaps_lose_this_worker", lambda: fails(0, 0))
        with pytest.raises(ZeroDivisionError):
            store.reproduce(NAME, tmp_path, progress=False)
    assert parts_in(tmp_path) == 8
    store.reproduce(NAME, tmp_path, progress=False)
    assert outcome(tmp_path) == expected


# ---------------------------------------------------------------------------------------------------- Dask


@no_forks
@pytest.mark.slow
def test_dask_with_two_workers_of_which_one_is_killed(expected, tmp_path):
    """Scheduler and workers are started as their users start them."""
    file, first, second = tmp_path / "scheduler.json", tmp_path / "first", tmp_path / "second"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False"}
    scheduler = start(
        *dask, "scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", file
    )
    wait_until(file.exists, scheduler)
    at = ["--scheduler-file", file, "--nworkers", 2, "--nthreads", 1, "--no-dashboard", "--local-directory", tmp_path]
    both = start(*dask, "worker", *at, LMCOURSE_TEST_LOSE=tmp_path / "lost", LMCOURSE_TEST_HOLD="second", **quiet)
    try:
        run = start(*COMMAND, first, "--dask", file)
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0, said
        assert (tmp_path / "lost").read_text() == 2 * "visited\n" and outcome(first) == expected
        run = start(*COMMAND, second, "--dask", file, "--members", 25)
        wait_until(lambda: parts_in(second) >= 7, run)
        scheduler.kill()
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 1 and "is gone. Finished parts are kept" in said and "Traceback" not in said
    finally:
        for process in (scheduler, both):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.communicate()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere.json"])
def test_where_no_scheduler_answers_a_sentence_says_so(address, monkeypatch):
    monkeypatch.setattr(workers, "SECONDS_TO_ANSWER", 0.5)
    with pytest.raises(store.StoredResultError, match=f"No Dask scheduler answers at {address}"):
        list(workers.finished(pow, [(2, 3)], store.dask_workers(address)))


def test_without_dask_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(store.StoredResultError, match=r"pip install 'lmcourse\[many\]'"):
        list(workers.finished(pow, [(2, 3)], store.dask_workers("tcp://127.0.0.1:9")))


# -------------------------------------------------------------------------------------------------- memory


@no_forks
@pytest.mark.slow
def test_ten_thousand_networks_train_within_the_memory_that_is_given():
    run = subprocess.run(
        [sys.executable, "-m", "samples.peak_memory", "100"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    beyond, result, whole_run = map(float, run.stdout.split())
    assert result == 32 and result < beyond + 10 and beyond <= 100 + result
    assert whole_run <= 100 + 10  # chunk after chunk; ten megabytes for arrays and files
