"""How the gradient of a whole batch is computed: in blocks that fit the memory, step by step or compiled.

Data types, in words
    engine      "eager": torch runs one operation after another; "compiled": torch.compile turns all of them into one loop
    block       so many members are computed together; the memory for what lies between theta and its gradient follows
    gradient    a function theta (members, P) -> (members, P)

Compiled blocks have the members on the last axis, (P, block): every processor lane then works on a network of its own,
and a member's numbers do not depend on who its neighbours are.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from lmcourse.landscape import Landscape

ENGINES = ("eager", "compiled")
COMPILERS = ("g++", "clang++", "c++", "cl")
WIDE, NARROW = 256, 32  # members in a compiled block: many while the batch is full, few at its end
SIZES_IN_ONE_PROCESS = 512  # torch gives up compiling after 8 shapes; a table of the course has more


def batch_gradient(land: Landscape, engine: str = "eager", memory: float = 500.0) -> Callable[[Tensor], Tensor]:
    """A function theta (members, P) -> gradient (members, P) that computes block after block.

    memory : megabytes that the intermediate results of a block may take.
    Raises ValueError for an unknown engine, RuntimeError where "compiled" finds no C++ compiler.

    >>> import lmcourse as lm
    >>> land = lm.teacher_student(k=3)
    >>> theta = lm.starts(land, seeds=range(10))
    >>> torch.equal(batch_gradient(land, memory=0.01)(theta), land.gradient(theta))
    True
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no engine {engine!r}. The engines are: {', '.join(ENGINES)}.")
    if not memory > 0:
        raise ValueError(f"memory, in megabytes, must be positive, but {memory} came.")
    if engine == "eager":
        return _blocked(land.gradient_of or land.gradient, block_size(land, memory))
    if not has_compiler():
        raise RuntimeError(
            f"The engine 'compiled' needs a C++ compiler ({', '.join(COMPILERS)}), and none was found. Use 'eager'."
        )
    return _compiled(land)


def block_size(land: Landscape, memory: float) -> int:
    """How many members may be computed together in so many megabytes, at least one.

    >>> import lmcourse as lm
    >>> block_size(lm.teacher_student(20), memory=500)
    7102
    """
    return max(1, int(memory * 1e6 / (8 * land.working_numbers)))


def has_compiler() -> bool:
    """Whether torch.compile can work here: CXX names a compiler, or one of the usual ones is there."""
    return any(map(shutil.which, (os.environ.get("CXX", ""), *COMPILERS)))


def _blocked(gradient_of: Callable[[Tensor], Tensor], block: int) -> Callable[[Tensor], Tensor]:
    def gradient(theta: Tensor) -> Tensor:
        if len(theta) <= block:
            return gradient_of(theta)
        return torch.cat([gradient_of(part) for part in theta.split(block)])

    return gradient


@lru_cache(maxsize=64)
def _compiled(land: Landscape) -> Callable[[Tensor], Tensor]:
    torch._dynamo.config.recompile_limit = SIZES_IN_ONE_PROCESS
    members_last = land.members_last_gradient_of is not None
    step = torch.compile(land.members_last_gradient_of or land.gradient_of or land.gradient, dynamic=False)

    def block_gradient(part: Tensor, block: int) -> Tensor:
        padded = part if len(part) == block else torch.cat([part, part[-1:].expand(block - len(part), -1)])
        with warnings.catch_warnings():  # what torch's compiler says of itself
            warnings.simplefilter("ignore")
            result = step(padded.T.contiguous()).T if members_last else step(padded)
        return result[: len(part)]

    def gradient(theta: Tensor) -> Tensor:
        full = len(theta) // WIDE * WIDE
        blocks = [block_gradient(part, WIDE) for part in theta[:full].split(WIDE) if len(part)]
        blocks += [block_gradient(part, NARROW) for part in theta[full:].split(NARROW) if len(part)]
        return torch.cat(blocks) if blocks else torch.empty_like(theta)

    return gradient
