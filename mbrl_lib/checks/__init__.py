"""The checks that assignments use.

A check that fails says four things: what was called, what came back, which property it violates,
and where to reread; where the answer equals a known mistake, it names the mistake. "Not
attempted" is an outcome of its own. The same lines run in the student's notebook, from a terminal
(`python -m mbrl_lib.checks ps1_dynamics.ipynb`) and in grading.

    nll = checks.answer("gaussian_nll", reread="Learning a dynamics function, Likelihood")
    came = nll(mean, log_variance, target)
    came.has_shape(())
    came.equals(1.5, "the mean over all entries", likely={"a sum, not a mean": 9.0})
"""

from mbrl_lib.checks.answers import (
    Answer,
    Result,
    answer,
    begin,
    end,
    generator,
    seed,
    use_namespace,
)
from mbrl_lib.checks.outcomes import CheckFailed, NotAttempted, Outcome
from mbrl_lib.checks.spy import Spy

__all__ = [
    "Answer",
    "CheckFailed",
    "NotAttempted",
    "Outcome",
    "Result",
    "Spy",
    "answer",
    "begin",
    "end",
    "generator",
    "seed",
    "use_namespace",
]
