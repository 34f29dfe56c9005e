"""Training: a descent method moves every member of a batch until its gradient is small.

Data types, in words
    method      a pair (init, update), after optax: state = init(theta, lr, seeds); theta, state = update(theta, gradient, state)
    state       a dictionary of tensors whose leading axis is the member, so that a member can leave with all that is its own
    schedule    a function from the number of a step to a factor of the learning rate
    Status      how a member's training ended; every status carries a sentence
    Runs        what training returns: points, losses, gradient norms, steps and statuses, one a member

Read `methods`, then `loop`; the methods that use second derivatives, a line search or chance have files of their own.
"""

from lmcourse.training.catalogue import METHODS
from lmcourse.training.chance import jin_parameters
from lmcourse.training.loop import train
from lmcourse.training.methods import Method
from lmcourse.training.record import Path
from lmcourse.training.runs import DIVERGED_NORM, Runs, Status
from lmcourse.training.schedules import SCHEDULES, cosine, inverse_time, step_decay

__all__ = [
    "DIVERGED_NORM", "METHODS", "SCHEDULES", "Method", "Path", "Runs", "Status", "cosine", "inverse_time", "jin_parameters",
    "step_decay", "train",
]  # fmt: skip
