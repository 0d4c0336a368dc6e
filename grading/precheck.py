"""A look at every submission before it is graded: what cannot be graded is named, with why.

`python -m grading.precheck ps1_dynamics` prints one line for each student. A submission that could
not be graded is not the same as one that earned 0: nbgrader gives both a 0, this table tells them
apart. Grading rebuilds each notebook from the one handed out (`grading.skeleton`), so a lost or
re-marked test does no harm, and a lost answer costs its own task only. Nothing is changed.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grading import assignments
from grading.reading import MAX_BYTES, Unreadable, read
from grading.skeleton import rebuild

DESK = Path(os.environ.get("MBRL_GRADEBOOK", assignments.ROOT / "gradebook"))


@dataclass(frozen=True)
class Report:
    """What was found in one submission.

    Attributes
    ----------
    student : str
    gradable : bool, whether its mark will mean anything
    findings : what to tell the student, one sentence each; may be empty
    """

    student: str
    gradable: bool
    findings: tuple[str, ...] = ()


def check(name: str, student: str, folder: Path) -> Report:
    """Look at `folder`, where the student's `name.ipynb` should be."""
    path = folder / f"{name}.ipynb"
    if not path.is_file() or _link(path):
        return Report(student, False, (_why_missing(path),))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        reading = read(data)
        made = rebuild(name, reading.notebook)
    except Unreadable as error:
        return Report(student, False, (str(error),))
    if not made.taken:
        reason = f"it holds no answer cell of {name}: was another notebook handed in?"
        return Report(student, False, (reason,))
    if not _nbgrader_reads(data):
        mend = f"python -m grading.ingest {name} {folder.parent.parent}"
        reason = f"nbgrader cannot read it as it stands; this mends it: {mend}"
        return Report(student, False, (*reading.findings, *made.findings, reason))
    return Report(student, True, (*reading.findings, *made.findings))


def _link(path: Path) -> bool:
    return any(place.is_symlink() for place in (path, path.parent, path.parent.parent))


def _nbgrader_reads(data: bytes) -> bool:
    """Whether nbgrader gets as far as our own first step; what ingest wrote, it always reads."""
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        return all(isinstance(cell["cell_type"], str) for cell in notebook.cells)
    except Exception:  # whatever nbformat makes of the unforeseen
        return False


def _why_missing(path: Path) -> str:
    others = sorted(p.name for p in path.parent.glob("*") if p.name != "timestamp.txt")
    found = f"; the folder holds {', '.join(others)}" if others else "; nothing was handed in"
    renamed = [other for other in others if other.endswith(".ipynb")]
    if _link(path):
        return f"{path.name} is a link; hand in the notebook itself"
    hint = f": rename {renamed[0]}" if len(renamed) == 1 else ""
    return f"{path.name} is missing{found}{hint}"


def check_all(name: str, desk: Path = DESK) -> list[Report]:
    """Every student known from the submissions, from what ingest refused, or from the gradebook."""
    submitted = desk / "submitted"
    ingested = read_ingested(name, desk)
    students = {p.name for p in submitted.glob("*") if p.is_dir()} | set(ingested)
    database = desk / "gradebook.db"
    if database.exists():
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{database}") as gradebook:
            students |= {student.id for student in gradebook.students}
    reports = []
    for student in sorted(students):
        report = check(name, student, submitted / student / name)
        told = tuple(ingested.get(student, {}).get("tell", ()))
        if not report.gradable and told:  # nothing usable is here, and ingest knew why
            report = Report(student, False, told)
        elif told:
            report = Report(student, True, tuple(dict.fromkeys((*told, *report.findings))))
        reports.append(report)
    return reports


def ingested_path(name: str, desk: Path) -> Path:
    """Where ingest leaves what it found: `{student: {"tell": [...], "person": "..."}}`."""
    return desk / "ingest" / f"{name}.json"


def read_ingested(name: str, desk: Path) -> dict[str, dict[str, Any]]:
    """What ingest left; nothing where it did not run."""
    try:
        return json.loads(ingested_path(name, desk).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def main(arguments: list[str]) -> int:
    """Print the table; 0 when everything can be graded, 1 when not, 2 for a bad call."""
    console = Console()
    try:
        if len(arguments) != 1:
            raise ValueError(f"say which assignment: {', '.join(assignments.names())}")
        name = arguments[0]
        assignments.source_path(name)
    except ValueError as error:
        console.print(str(error), highlight=False)
        return 2
    reports = check_all(name)
    table = Table(title=f"{name}: before grading")
    for heading in ("student", "status", "what to tell the student"):
        table.add_column(heading, overflow="fold")
    for report in reports:
        status = "gradable" if report.gradable else "[red]could not be graded[/red]"
        table.add_row(plain(report.student), status, plain("\n".join(report.findings)))
    console.print(table)
    return 0 if all(report.gradable for report in reports) else 1


def plain(text: str) -> Text:
    """Text for a table: no markup, nothing that steers a terminal or turns the writing around."""
    kept = (c if c.isprintable() or c == "\n" else ascii(c).strip("'") for c in text)
    return Text("".join(kept))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
