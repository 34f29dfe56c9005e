"""How the gradient of a whole batch is computed: in blocks that fit the memory, step by step or compiled.

Data types, in words
    engine      "eager": torch runs one operation after another; "compiled": torch.compile turns all of them into one loop
    block       so many members are computed together; the memory for what lies between theta and its gradient follows
    gradient    a function theta (members, P) -> (members, P)

Compiled blocks have the members on the last axis, (P, block): every processor lane then works on a network of its own,
and a member's numbers do not depend on who its neighbours are.
"""

from __future__ import annotations

import math
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
BLOCK_BYTES = 20e6  # what a block needs between theta and its gradient at the most: more would leave the fast memory
SIZES_IN_ONE_PROCESS = 512  # torch gives up compiling after 8 shapes; a table of the course has more


def batch_gradient(land: Landscape, engine: str = "eager", memory: float = 500.0) -> Callable[[Tensor], Tensor]:
    """A function theta (members, P) -> gradient (members, P) that computes block after block.

    memory : megabytes that the intermediate results of a block may take.
    Raises ValueError for an unknown engine, RuntimeError where "compiled" finds no C++ compiler, or torch in a folder with spaces.

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
        return _blocked(land.gradient_of or land.gradient, block_size(land, min(memory, BLOCK_BYTES / 1e6)))
    if missing := what_compiling_lacks():
        raise RuntimeError(f"The engine 'compiled' needs {missing}. Use 'eager'.")
    return _compiled(land)


def block_size(land: Landscape, memory: float) -> int:
    """How many members may be computed together in so many megabytes, at least one.

    >>> import lmcourse as lm
    >>> block_size(lm.teacher_student(20), memory=500)
    7102
    """
    return max(1, int(memory * 1e6 / (8 * land.working_numbers)))


def has_compiler() -> bool:
    """Whether torch.compile can work here."""
    return not what_compiling_lacks()


def what_compiling_lacks(torch_folder: str = os.path.dirname(torch.__file__)) -> str:
    """What torch.compile needs and has not got, or an empty text: a compiler (CXX names one, or a usual one is there), and a
    folder without spaces, since torch hands its own folder to the compiler without quotes.

    >>> what_compiling_lacks("/home/ada/my course/torch")
    'a folder without spaces in its name, and torch lies in /home/ada/my course/torch'
    """
    if " " in torch_folder:
        return f"a folder without spaces in its name, and torch lies in {torch_folder}"
    if not any(map(shutil.which, (os.environ.get("CXX", ""), *COMPILERS))):
        return f"a C++ compiler ({', '.join(COMPILERS)}), and none was found"
    return ""


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
    wide, narrow = compiled_blocks(land)
    seen = set()

    def block_gradient(part: Tensor) -> Tensor:
        size = wide if len(part) > wide // 4 else narrow
        padded = part if len(part) == size else torch.cat([part, part[-1:].expand(size - len(part), -1)])
        argument = padded.T.contiguous() if members_last else padded
        if (size, part.dtype, part.device) in seen:
            result = step(argument)
        else:
            seen.add((size, part.dtype, part.device))
            with warnings.catch_warnings():  # what torch's compiler says of itself
                warnings.simplefilter("ignore")
                result = step(argument)
        return (result.T if members_last else result)[: len(part)]

    def gradient(theta: Tensor) -> Tensor:
        full = len(theta) // wide * wide
        rest = theta[full:]
        parts = [*theta[:full].split(wide), *rest.split(wide if len(rest) > wide // 4 else narrow)]
        blocks = [block_gradient(part) for part in parts if len(part)]
        return torch.cat(blocks) if blocks else torch.empty_like(theta)

    return gradient


def compiled_blocks(land: Landscape) -> tuple[int, int]:
    """Members in a compiled block, powers of two: many while the batch is full, an eighth of them at its end.

    >>> import lmcourse as lm
    >>> compiled_blocks(lm.teacher_student(8)), compiled_blocks(lm.teacher_student(20))
    ((1024, 128), (256, 32))
    """
    wide = 2 ** int(math.log2(max(32, min(4096, BLOCK_BYTES / (8 * land.working_numbers)))))
    return wide, wide // 8
