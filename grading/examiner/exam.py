"""One submission's exam: its cells in a candidate, the test cells here, a verdict for each.

Points need a verdict: a test cell that ran to its end without raising. A candidate that hangs,
dies or speaks nonsense costs the test at hand only; it is started again and its cells replayed.
"""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from grading.examiner.proxies import CandidateLost, Channel, Names
from mbrl_lib import checks
from mbrl_lib.checks.cells import Cell
from mbrl_lib.checks.outcomes import CheckFailed

CELL_SECONDS = 30.0  # what one of a student's cells, or one call, may take
Candidates = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class CellRun:
    """What one of the student's cells showed and raised."""

    text: str = ""
    outputs: tuple[dict[str, str], ...] = ()
    error: tuple[str, str] | None = None  # class name, message


@dataclass(frozen=True)
class Verdict:
    """The outcome of one test cell: passed, or the message for the student.

    Attributes
    ----------
    outcome : "correct", "incorrect", "not attempted" or, when the course's own code failed,
        "infrastructure"; the last is never a score
    """

    id: str
    points: float
    outcome: str
    message: str = ""
    likely: str = ""  # the known misconception, for the class's statistics
    seconds: float = 0.0


@dataclass
class Report:
    """All verdicts and what the student's cells showed."""

    verdicts: list[Verdict] = field(default_factory=list)
    runs: list[CellRun] = field(default_factory=list)  # one for each of `student_cells`
    restarts: int = 0


class Exam:
    """Examine one submission.

    Parameters
    ----------
    candidates : makes a fresh candidate, as a context manager giving its connection
    student_cells : the sources that the candidate runs, in order
    course_cells : the assignment's own cells, in order: locked ones and tests
    key : the student's key, from which hidden inputs are drawn; never leaves this process
    """

    def __init__(
        self,
        candidates: Candidates,
        student_cells: Sequence[str],
        course_cells: Sequence[Cell],
        key: str,
        seconds: float = CELL_SECONDS,
    ) -> None:
        self.candidates, self.student_cells = candidates, list(student_cells)
        self.course_cells, self.key, self.seconds = list(course_cells), key, seconds
        self.report = Report()
        self._candidate: ExitStack | None = None
        self._channel: Channel | None = None
        self._lost: dict[int, CellRun] = {}  # cells that took it down: not run again

    def run(self) -> Report:
        """All of it; the candidate is gone afterwards."""
        previous = os.environ.get("MBRL_CHECK_KEY")
        os.environ["MBRL_CHECK_KEY"] = self.key
        try:
            self.report.runs = self._start()
            self._examine()
        finally:
            checks.use_namespace(None)
            self._stop()
            os.environ.pop("MBRL_CHECK_KEY")
            if previous is not None:
                os.environ["MBRL_CHECK_KEY"] = previous
        return self.report

    def _start(self) -> list[CellRun]:
        """A fresh candidate that has run the student's cells."""
        while True:
            self._stop()
            self._candidate = ExitStack()
            connection = self._candidate.enter_context(self.candidates())
            self._channel = Channel(connection, self.seconds)
            checks.use_namespace(Names(self._channel, self._why_missing))
            runs: list[CellRun] = []
            for number, source in enumerate(self.student_cells):
                if number in self._lost:
                    runs.append(self._lost[number])
                    continue
                try:
                    runs.append(_cell_run(self._channel.ask("run", source)))
                except CandidateLost as lost:
                    self._lost[number] = CellRun(
                        error=("RuntimeError", f"this cell was stopped: {lost}")
                    )
                    break
            else:
                return runs

    def _why_missing(self, name: str) -> str:
        """The error of the cell that defines `name`, in words for the student."""
        pattern = re.compile(rf"^\s*(def|class)\s+{re.escape(name)}\b", re.MULTILINE)
        for source, run in zip(self.student_cells, self.report.runs, strict=False):
            if run.error is not None and pattern.search(source):
                kind, message = run.error
                return f"its cell raised {kind}: {message}"
        return ""

    def _stop(self) -> None:
        if self._candidate is not None:
            self._candidate.close()
            self._candidate = None

    def _examine(self) -> None:
        namespace: dict[str, Any] = {"__name__": "examiner"}
        for cell in self.course_cells:
            started = time.perf_counter()
            code = compile(cell.source, f"<cell {cell.id}>", "exec")
            error = lost = None
            try:
                exec(code, namespace)
            except Exception as caught:
                error = caught
                lost = caught if isinstance(caught, CandidateLost) else _lost_in(caught)
            if cell.is_test:
                seconds = time.perf_counter() - started
                self.report.verdicts.append(_judge(cell, error, lost, seconds))
            elif error is not None:
                raise RuntimeError(f"the course's own cell {cell.id} failed: {error}") from error
            if lost is not None:
                self.report.restarts += 1
                self._start()


def _cell_run(reply: Any) -> CellRun:
    try:
        error = reply["error"]
        return CellRun(
            str(reply["text"])[:200_000],
            tuple({str(k): str(v) for k, v in output.items()} for output in reply["outputs"][:20]),
            None if error is None else (str(error[0][0])[:100], str(error[1])[:2000]),
        )
    except (TypeError, KeyError, IndexError, AttributeError):
        raise CandidateLost("its reply could not be read") from None


def _lost_in(error: BaseException) -> CandidateLost | None:
    """The loss of the candidate that an answer's check reported as an exception of the call."""
    while error is not None:
        if isinstance(error, CandidateLost):
            return error
        error = error.__cause__ or error.__context__
    return None


def _judge(
    cell: Cell, error: Exception | None, lost: CandidateLost | None, seconds: float
) -> Verdict:
    if error is None:
        return Verdict(cell.id, cell.points, "correct", seconds=seconds)
    if isinstance(error, CheckFailed):
        message = error.message().replace("CandidateLost: ", "")
        return Verdict(cell.id, cell.points, error.outcome.value, message, error.likely, seconds)
    if lost is not None:
        return Verdict(cell.id, cell.points, "incorrect", f"your code: {lost}", seconds=seconds)
    words = "".join(traceback.format_exception_only(error)).strip()
    return Verdict(cell.id, cell.points, "infrastructure", words, seconds=seconds)
