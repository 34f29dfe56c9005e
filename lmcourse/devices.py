"""Where numbers live: device, threads, and one random stream for every member of an ensemble.

Data types, in words
    device      a torch.device; a result lives where theta lives
    stream      a small whole number that keeps apart the random numbers of different purposes
    seed        the number of a member; the same member gets the same numbers in every batch and on every device
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
MALLOC_VARIABLES = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # numbers of glibc's malloc.h

# Streams: every purpose has its own, so that no two things of a member are drawn from the same numbers.
STARTS, NOISE = 1, 2
COUPLINGS, TILTS = 11, 12  # of random landscapes
MINIBATCHES, PERTURBATIONS = 21, 22
DATA, LABELS = 31, 32
PROBES, DIRECTIONS = 41, 42

MEMBERS_WORTH_A_GPU = 1000  # below this a small network's step is over before a GPU has been asked


def use_one_thread() -> None:
    """Let torch use one thread, unless OMP_NUM_THREADS or its relatives say otherwise: small networks are slower with two.

    >>> use_one_thread()
    >>> torch.get_num_threads() >= 1
    True
    """
    if not any(os.environ.get(variable) for variable in THREAD_VARIABLES):
        torch.set_num_threads(1)


def keep_freed_memory() -> None:
    """Let the C library keep what is freed for the next step instead of giving it back to the system and asking again.

    Steps free and take blocks of the same sizes over and over; with glibc's defaults a third of the time of a small step is
    spent on this. At most 128 MB are kept. Elsewhere than on Linux with glibc, and where the reader has set MALLOC_TRIM_THRESHOLD_
    or MALLOC_MMAP_THRESHOLD_, nothing is changed.

    >>> keep_freed_memory()
    """
    if sys.platform != "linux" or any(os.environ.get(name) for name in MALLOC_VARIABLES):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, 128 * 2**20)
        mallopt(M_MMAP_THRESHOLD, 32 * 2**20)


def device(members: int | None = None) -> torch.device:
    """The device to compute on: CUDA where there is one and the batch is large enough to pay for it, else the CPU.

    LMCOURSE_DEVICE=cpu (or cuda, cuda:1) decides instead. Apple's GPU has no float64, so it is never chosen here.

    >>> device(members=1)
    device(type='cpu')
    """
    wanted = os.environ.get("LMCOURSE_DEVICE", "")
    if wanted:
        return _named_device(wanted)
    if torch.cuda.is_available() and (members is None or members >= MEMBERS_WORTH_A_GPU):
        return torch.device("cuda")
    return torch.device("cpu")


def _named_device(wanted: str) -> torch.device:
    try:
        chosen = torch.device(wanted)
    except RuntimeError:
        raise ValueError(f"LMCOURSE_DEVICE must be a device such as cpu or cuda, but is {wanted!r}.") from None
    if chosen.type == "mps":
        raise ValueError(
            "LMCOURSE_DEVICE=mps: Apple's GPU has no float64, which the course's claims need. Set LMCOURSE_DEVICE=cpu."
        )
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"LMCOURSE_DEVICE={wanted}, but torch finds no CUDA device. Set LMCOURSE_DEVICE=cpu or unset it."
        )
    return chosen


def kept_by_device(*tensors: Tensor) -> Callable[[Tensor], list[Tensor]]:
    """A function of theta that gives the tensors with theta's dtype and on its device; each place gets its copy once.

    >>> constants = kept_by_device(torch.eye(2))
    >>> constants(torch.zeros(5, dtype=torch.float64))[0].dtype
    torch.float64
    """
    kept: dict[tuple[torch.dtype, torch.device], list[Tensor]] = {}

    def constants(theta: Tensor) -> list[Tensor]:
        place = theta.dtype, theta.device
        if place not in kept:
            kept[place] = [tensor.to(dtype=place[0], device=place[1]) for tensor in tensors]
        return kept[place]

    return constants


def random_stream(seed: int, stream: int = STARTS) -> np.random.Generator:
    """The random numbers of member `seed` for one purpose, the same on every machine.

    >>> bool(random_stream(7).normal() == random_stream(7).normal())
    True
    """
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"A seed must be a whole number from 0 on, but {seed!r} came.")
    return np.random.Generator(np.random.Philox(key=np.array([stream, seed], dtype=np.uint64)))
