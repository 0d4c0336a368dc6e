"""A class of three, taken through nbgrader's own commands from release to export.

Ada handed in the reference, Ben the first half of it, Cy the untouched notebook. `make course` runs
it; it ends with the marks beside those that were to be expected, and fails when they differ. It
lives in `_build/sample_class`, apart from any real gradebook.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from grading import assignments
from grading.assignments import ROOT
from grading.candidate import sandbox

DESK = ROOT / "_build" / "sample_class"
STUDENTS = {"ada": "complete", "ben": "half done", "cy": "untouched"}


@dataclass(frozen=True)
class Mark:
    """One student's mark in one assignment, and what it should be."""

    student: str
    assignment: str
    score: float
    expected: float
    maximum: float


def submission(name: str, student: str) -> NotebookNode:
    """The notebook a sample student hands in: the release with some answers filled in."""
    released = nbformat.read(assignments.RELEASED / name / f"{name}.ipynb", as_version=4)
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in assignments.read(name).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    count = {"ada": len(answers), "ben": len(answers) // 2, "cy": 0}[student]
    filled = dict(list(answers.items())[:count])
    for cell in released.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in filled:
            lines = filled[grade_id].splitlines()
            cell.source = "\n".join(line for line in lines if "### " not in line)
    return released


def expected_score(name: str, student: str) -> tuple[float, float]:
    """The points of the tasks whose answers were filled in, and all points.

    A test cell belongs to the last answer above it; the written question is its own.
    """
    score = total = 0.0
    answered = False
    for cell in submission(name, student).cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution"):
            answered = not _is_stub(cell)
        if meta.get("grade"):
            total += meta["points"]
            score += meta["points"] * answered
    return score, total


def _is_stub(cell: NotebookNode) -> bool:
    return "NotImplementedError()" in cell.source or "YOUR ANSWER HERE" in cell.source


def run_class(names: list[str]) -> list[Mark]:
    """All commands for all assignments; a failing command stops it with nbgrader's words."""
    shutil.rmtree(DESK, ignore_errors=True)
    (DESK / "exchange").mkdir(parents=True, mode=0o777)
    (DESK / "exchange").chmod(0o777)  # as nbgrader asks of an exchange
    steps = list(_steps(names))
    with tqdm(steps, unit="step", desc="sample class") as bar:
        for label, step in bar:
            bar.set_postfix_str(label)
            step()
    return _marks(names)


def _steps(names: list[str]) -> Iterator[tuple[str, object]]:
    for student in STUDENTS:
        yield f"add {student}", lambda s=student: _nbgrader("db", "student", "add", s)
    for name in names:
        yield (
            f"generate {name}",
            lambda n=name: _nbgrader("generate_assignment", n, "--create", "--force"),
        )
        yield f"release {name}", lambda n=name: _nbgrader("release_assignment", n, "--force")
        for student in STUDENTS:
            yield f"submit {name} of {student}", lambda n=name, s=student: _submit(n, s)
        yield f"collect {name}", lambda n=name: _nbgrader("collect", n)
        yield f"check {name}", lambda n=name: _precheck(n)
        yield f"autograde {name}", lambda n=name: _nbgrader("autograde", n)
        yield f"grade {name} by hand", lambda n=name: _grade_by_hand(n)
        yield f"feedback {name}", lambda n=name: _nbgrader("generate_feedback", n)
        yield f"release feedback {name}", lambda n=name: _nbgrader("release_feedback", n)
    yield "export", lambda: _nbgrader("export")


def _nbgrader(*arguments: str, folder: Path = ROOT) -> None:
    environment = assignments.environment() | {
        "MBRL_GRADEBOOK": str(DESK),
        "MBRL_TRUSTED": "" if sandbox.available() else "1",  # these submissions are our own
        "JUPYTER_CONFIG_DIR": str(DESK / "jupyter"),  # nobody's own settings
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"nbgrader {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")


def _submit(name: str, student: str) -> None:
    folder = DESK / "homes" / student
    (folder / name).mkdir(parents=True)
    nbformat.write(submission(name, student), folder / name / f"{name}.ipynb")
    exchange = [f"--Exchange.root={DESK / 'exchange'}", f"--Exchange.cache={folder / '.cache'}"]
    _nbgrader("submit", name, "--course=mbrl", f"--student={student}", *exchange, folder=folder)


def _precheck(name: str) -> None:
    from grading.precheck import check_all

    bad = [report for report in check_all(name, DESK) if not report.gradable or report.findings]
    if bad:
        raise RuntimeError(f"the sample submissions do not pass the check before grading: {bad}")


def _grade_by_hand(name: str) -> None:
    """What the instructor does in formgrader: full marks for an answer, none for none."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{DESK / 'gradebook.db'}") as gradebook:
        for student in STUDENTS:
            cells = {cell.id: cell for cell in submission(name, student).cells}
            for grade in gradebook.find_submission(name, student).notebooks[0].grades:
                if grade.cell.cell_type == "markdown":
                    answered = not _is_stub(cells[grade.name])
                    grade.manual_score = grade.max_score if answered else 0.0
                    grade.needs_manual_grade = False
        gradebook.db.commit()


def _marks(names: list[str]) -> list[Mark]:
    from nbgrader.api import Gradebook

    marks = []
    with Gradebook(f"sqlite:///{DESK / 'gradebook.db'}") as gradebook:
        for name in names:
            for student in STUDENTS:
                expected, maximum = expected_score(name, student)
                score = gradebook.find_submission(name, student).score
                marks.append(Mark(student, name, score, expected, maximum))
    return marks


def _fingerprint() -> str:
    """Changes when anything that the marks depend on does."""
    digest = hashlib.sha256()
    for folder in ("solutions", "mbrl_lib", "grading"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".md"):
                digest.update(path.read_bytes())
    digest.update((ROOT / "nbgrader_config.py").read_bytes())
    return digest.hexdigest()


def print_table(marks: list[Mark]) -> None:
    """The marks, assignments down, students across."""
    table = Table(title="Sample class: marks (expected)")
    table.add_column("assignment")
    for student, story in STUDENTS.items():
        table.add_column(f"{student}, {story}", justify="right")
    for name in dict.fromkeys(mark.assignment for mark in marks):
        row = {mark.student: mark for mark in marks if mark.assignment == name}
        cells = (row[student] for student in STUDENTS)
        table.add_row(name, *(f"{m.score:g} ({m.expected:g}) of {m.maximum:g}" for m in cells))
    Console().print(table)


def main() -> int:
    """Run what changed, print the marks; 1 when one is not what it should be."""
    seal = DESK / "done"
    try:
        if seal.exists() and seal.read_text() == _fingerprint():
            marks = _marks(assignments.names())
        else:
            marks = run_class(assignments.names())
            seal.write_text(_fingerprint())
    except RuntimeError as error:
        print(f"sample class: {error}", file=sys.stderr)
        return 1
    print_table(marks)
    wrong = [mark for mark in marks if mark.score != mark.expected]
    for mark in wrong:
        print(f"{mark.student} should have {mark.expected:g} in {mark.assignment}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
