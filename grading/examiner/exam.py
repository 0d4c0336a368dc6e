"""One submission's exam: its cells in a candidate, the test cells here, a verdict for each.

Points need a verdict: a test cell that ran to its end without raising. A candidate that hangs,
dies or speaks nonsense costs the test at hand only; it is started again and its cells replayed.
"""

from __future__ import annotations

import os
import re
import resource
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from grading.examiner.proxies import CandidateLost, Channel, Names
from mbrl_lib import checks
from mbrl_lib.checks.cells import Cell
from mbrl_lib.checks.outcomes import CheckFailed

CELL_SECONDS = 30.0  # what one of a student's cells, or one call, may take
ALL_SECONDS = 900.0  # what a notebook may take with all its cells, tests and restarts
MEMORY = 4 * 2**30  # bytes that the examiner may take beyond what it has when an exam begins
_MESSAGE, _TEXT, _PICTURES = 4_000, 1_000_000, 8_000_000  # characters kept; of all cells together
_ODD = "what your code returned, or gave to a function, is so odd that the test broke off over it"
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]*={0,2}\n?")
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
    reference : sources in the place of `student_cells` that are right: a test that breaks off, and
        does not with these, broke over what the student's code gave it
    """

    def __init__(
        self,
        candidates: Candidates,
        student_cells: Sequence[str],
        course_cells: Sequence[Cell],
        key: str,
        seconds: float = CELL_SECONDS,
        all_seconds: float = ALL_SECONDS,
        reference: Sequence[str] = (),
    ) -> None:
        self.reference = list(reference)
        self.all_seconds = all_seconds
        self.candidates, self.student_cells = candidates, list(student_cells)
        self.course_cells, self.key, self.seconds = list(course_cells), key, seconds
        self.report = Report()
        self._candidate: ExitStack | None = None
        self._channel: Channel | None = None
        self._lost: dict[int, CellRun] = {}  # cells that took it down: not run again

    def run(self) -> Report:
        """All of it; the candidate is gone afterwards."""
        self._until = time.monotonic() + self.all_seconds
        previous, dtype = os.environ.get("MBRL_CHECK_KEY"), torch.get_default_dtype()
        os.environ["MBRL_CHECK_KEY"] = self.key
        try:
            with _bounded_memory():
                self.report.runs = _trimmed(self._start())
                self._examine()
        finally:
            checks.use_namespace(None)
            checks.end()
            self._stop()
            torch.set_default_dtype(dtype)  # an assignment may have chosen another
            os.environ.pop("MBRL_CHECK_KEY")
            if previous is not None:
                os.environ["MBRL_CHECK_KEY"] = previous
        self._find_fault()
        return self.report

    def _find_fault(self) -> None:
        """Whose fault a test is that broke off: the student's where the reference passes it."""
        broken = {v.id for v in self.report.verdicts if v.outcome == "infrastructure"}
        if not broken or not self.reference:
            return
        control = Exam(self.candidates, self.reference, self.course_cells, self.key).run()
        passed = {v.id for v in control.verdicts if v.outcome == "correct"}
        self.report.verdicts = [
            replace(v, outcome="incorrect", message=_ODD, likely=_ODD)
            if v.id in broken & passed and not v.message.startswith("MemoryError")
            else v
            for v in self.report.verdicts
        ]

    def _start(self) -> list[CellRun]:
        """A fresh candidate that has run the student's cells."""
        while True:
            self._stop()
            self._candidate = ExitStack()
            connection = self._candidate.enter_context(self.candidates())
            self._channel = Channel(connection, self.seconds, self._until)
            checks.use_namespace(Names(self._channel, self._why_missing))
            runs: list[CellRun] = []
            for number, source in enumerate(self.student_cells):
                if self._over():
                    runs.append(CellRun(error=("RuntimeError", self._over())))
                    continue
                if number in self._lost:
                    runs.append(self._lost[number])
                    continue
                try:
                    runs.append(_cell_run(self._channel.ask_surely("run", source)))
                except CandidateLost as lost:
                    self._lost[number] = CellRun(
                        error=("RuntimeError", f"this cell was stopped: {lost}")
                    )
                    break
            else:
                return runs

    def _over(self) -> str:
        """That there is no time left, in words, or nothing."""
        over = time.monotonic() > self._until
        return f"the notebook took longer than {self.all_seconds:g} s in all" if over else ""

    def _why_missing(self, name: str) -> str:
        """The error of the cell that defines `name`, in words for the student."""
        pattern = re.compile(rf"^[ \t]*(def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
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
            self._channel.kept = 0
            try:
                if cell.is_test and self._over():
                    raise CandidateLost(self._over())
                exec(code, namespace)
                lost = self._channel.lost  # also when the test took it for an answer
            except Exception as caught:
                error = caught
                lost = caught if isinstance(caught, CandidateLost) else _lost_in(caught)
            if cell.is_test:
                seconds = time.perf_counter() - started
                self.report.verdicts.append(_judge(cell, error, lost, seconds))
            elif error is not None:
                raise RuntimeError(f"the course's own cell {cell.id} failed: {error}") from error
            if lost is not None and not self._over():
                self.report.restarts += 1
                self._start()


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """What a test makes of a student's values fails here before the machine is out of memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])  # of data, as the kernel counts it
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = pages * resource.getpagesize() + MEMORY
    limits = [limit, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _cell_run(reply: Any) -> CellRun:
    try:
        error = reply["error"]
        return CellRun(
            _text(reply["text"])[:200_000],
            tuple(_shown(output) for output in reply["outputs"][:20]),
            None if error is None else (_text(error[0][0])[:100], _text(error[1])[:2000]),
        )
    except (TypeError, KeyError, IndexError, AttributeError):
        raise CandidateLost("its reply could not be read") from None


def _text(value: Any) -> str:
    if type(value) is not str:  # writing out what else may come could take hours
        raise TypeError
    return value


def _shown(output: Any) -> dict[str, str]:
    """Text and pictures of a display, whatever else it claims to hold."""
    found = {}
    text, picture = output.get("text/plain"), output.get("image/png")
    if type(text) is str:
        found["text/plain"] = text[:20_000]
    if type(picture) is str and len(picture) < 2_000_000 and _BASE64.fullmatch(picture):
        found["image/png"] = picture
    return found


def _trimmed(runs: list[CellRun]) -> list[CellRun]:
    """The runs with no more text and pictures, over all cells, than a page should hold."""
    text, pictures, kept = _TEXT, _PICTURES, []
    for run in runs:
        outputs = []
        for output in run.outputs:
            text -= len(output.get("text/plain", ""))
            pictures -= len(output.get("image/png", ""))
            if text > 0 and pictures > 0:
                outputs.append(output)
        kept.append(replace(run, text=run.text[: max(0, text)], outputs=tuple(outputs)))
        text -= len(run.text)
    return kept


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
    if error is None and lost is None:
        return Verdict(cell.id, cell.points, "correct", seconds=seconds)
    if isinstance(error, CheckFailed):
        message = error.message().replace("CandidateLost: ", "")[:_MESSAGE]
        return Verdict(cell.id, cell.points, error.outcome.value, message, error.likely, seconds)
    if lost is not None:
        return Verdict(cell.id, cell.points, "incorrect", f"your code: {lost}", seconds=seconds)
    words = "".join(traceback.format_exception_only(error)).strip()[:_MESSAGE]
    return Verdict(cell.id, cell.points, "infrastructure", words, seconds=seconds)
