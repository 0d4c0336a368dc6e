"""What a check can conclude, and how it says so."""

from __future__ import annotations

import enum


class Outcome(enum.Enum):
    """The three outcomes of a task."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NOT_ATTEMPTED = "not attempted"


class CheckFailed(AssertionError):
    """A check that an answer did not pass, in four parts.

    Attributes
    ----------
    called : str, the call that was made
    came : str, what came back
    violated : str, the property that does not hold
    reread : str, where it is explained
    likely : str, the known mistake that gives this very answer, or ""
    """

    outcome = Outcome.INCORRECT

    def __init__(
        self, called: str, came: str, violated: str, reread: str, likely: str = ""
    ) -> None:
        self.called, self.came, self.violated = called, came, violated
        self.reread, self.likely = reread, likely
        super().__init__(self.message())

    def message(self) -> str:
        """The parts, one a line."""
        lines = [
            f"called:      {self.called}",
            f"came back:   {self.came}",
            f"but:         {self.violated}",
        ]
        if self.likely:
            lines.append(f"most likely: {self.likely}")
        lines.append(f"reread:      {self.reread}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the message alone."""
        return [f"{self.outcome.value.upper()}\n{self.message()}"]


class NotAttempted(CheckFailed):
    """The answer still is the empty cell that was handed out."""

    outcome = Outcome.NOT_ATTEMPTED

    def __init__(self, called: str, reread: str) -> None:
        super().__init__(
            called,
            "NotImplementedError",
            "this task has not been attempted yet: replace `raise NotImplementedError()`",
            reread,
        )
