"""A class of broken submissions, each between honest ones, taken from ingest to the marks."""

from __future__ import annotations

import contextlib
import io
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grading import reading
from grading.candidate.sandbox import Zygote
from grading.examiner.exam import CELL_SECONDS, Exam, Report, Verdict
from grading.grade import examiner_cells, runs_in_candidate, submission_key
from grading.ingest import ingest
from grading.precheck import check_all
from grading.skeleton import rebuild
from mbrl_lib.checks.cells import code_cells
from tests.grading.broken.cases import FILE, NAME, Case, _right_text

SHORT = 4.0  # seconds for a cell or a call of what goes on until it is stopped


@dataclass
class Outcome:
    """What became of one student.

    Attributes
    ----------
    stopped : the traceback of what would have stopped the run; "" when nothing did
    """

    student: str
    case: Case | None  # None for an honest one
    gradable: bool = False
    told: list[str] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    stopped: str = ""

    @property
    def lost(self) -> set[str]:
        """The tests that earned nothing."""
        return {i for i, v in self.verdicts.items() if v.outcome != "correct"}


def take_in(cases: Sequence[Case], folder: Path) -> list[Outcome]:
    """Hand everything in, and run ingest and the check before grading over the class."""
    desk, inbox = folder / "desk", folder / "inbox"
    desk.mkdir()
    outcomes = []
    for number, case in enumerate(cases):
        for student, each in ((f"h{number:03}", None), (f"h{number:03}b", case)):
            (inbox / student).mkdir(parents=True)
            if each is None:
                (inbox / student / FILE).write_text(_right_text())
            else:
                each.write(inbox / student)
            outcomes.append(Outcome(student, each))
    lines = ingest(NAME, [inbox], desk)
    reports = {report.student: report for report in check_all(NAME, desk)}
    for outcome in outcomes:
        told = [s for line in lines if line.student == outcome.student for s in line.tell]
        report = reports.get(outcome.student)
        if report is not None:
            outcome.gradable = report.gradable
            told += report.findings
        outcome.told = told
    return outcomes


def grade(
    outcomes: Sequence[Outcome], desk: Path, zygote: Zygote, all_honest: bool = False
) -> Iterator[Outcome]:
    """Grade what is gradable, in order, as `grading.grade.grade_one` does.

    Of the honest ones only those behind a submission that lost something, unless `all_honest`: the
    file of one that ran as it should cannot have harmed the next.
    """
    harmed = True
    for outcome in outcomes:
        case = outcome.case
        honest = case is None
        if outcome.gradable and (not honest or harmed or all_honest):
            try:
                seconds = SHORT if case is not None and case.is_endless else CELL_SECONDS
                report = _exam(outcome.student, desk, zygote, seconds)
            except Exception:
                outcome.stopped = traceback.format_exc()
            else:
                outcome.verdicts = {verdict.id: verdict for verdict in report.verdicts}
                outcome.told += [verdict.message for verdict in report.verdicts if verdict.message]
                harmed = not honest and bool(outcome.lost)
        yield outcome


def _exam(student: str, desk: Path, zygote: Zygote, seconds: float) -> Report:
    data = (desk / "submitted" / student / NAME / FILE).read_bytes()
    notebook = rebuild(NAME, reading.read(data).notebook).notebook
    sources = [cell.source for cell in code_cells(notebook) if runs_in_candidate(cell)]
    key = submission_key(desk, NAME, student, sources)
    with contextlib.redirect_stdout(io.StringIO()):
        return Exam(zygote.candidate, sources, examiner_cells(NAME), key, seconds).run()
