"""A look at every submission before it is graded: what cannot be graded is named, with why.

`python -m grading.precheck ps1_dynamics` prints one line for each student. A submission that could
not be graded is not the same as one that earned 0: nbgrader gives both a 0, this table tells them
apart. Nothing is changed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from grading import assignments

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
    if not path.is_file() or path.is_symlink():
        others = sorted(p.name for p in folder.glob("*") if p.name != "timestamp.txt")
        found = f"; the folder holds {', '.join(others)}" if others else "; nothing was handed in"
        renamed = [other for other in others if other.endswith(".ipynb")]
        hint = f": rename {renamed[0]}" if len(renamed) == 1 else ""
        return Report(student, False, (f"{path.name} is missing{found}{hint}",))
    try:
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.from_dict(json.loads(text))
        if notebook.get("nbformat") != 4:
            found = notebook.get("nbformat", "none")
            return Report(student, False, (f"its format is {found}, 4 was handed out",))
        nbformat.validate(notebook)
    except UnicodeDecodeError:
        return Report(student, False, ("it is not a text file",))
    except json.JSONDecodeError as error:
        conflict = " (it holds a git merge conflict)" if "<<<<<<<" in text else ""
        reason = "it is empty" if not text.strip() else f"it is not JSON{conflict}: {error}"
        return Report(student, False, (reason,))
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        return Report(student, False, (f"it is no valid notebook: {str(error).splitlines()[0]}",))
    return Report(student, *_compare_cells(name, notebook))


def _compare_cells(name: str, notebook: nbformat.NotebookNode) -> tuple[bool, tuple[str, ...]]:
    """Whether all cells that count are there, once and with the role they were given."""
    wanted = {
        meta["grade_id"]: meta
        for cell in assignments.read(name).cells
        if (meta := cell.metadata.get("nbgrader")) and (meta["grade"] or meta["solution"])
    }
    cells = [meta for cell in notebook.cells if (meta := cell.metadata.get("nbgrader"))]
    counts = Counter(meta.get("grade_id", "") for meta in cells)
    findings: list[str] = []
    gradable = True
    for grade_id, meta in wanted.items():
        kind = "answer" if meta["solution"] else "test"
        if counts[grade_id] == 0:
            findings.append(f"{kind} cell {grade_id} was deleted")
            gradable &= kind == "test"  # a deleted test is put back; a deleted answer is lost
        elif counts[grade_id] > 1:
            findings.append(f"{kind} cell {grade_id} is there {counts[grade_id]} times")
            gradable = False
    for meta in cells:
        expected = wanted.get(meta.get("grade_id", ""))
        roles = ("grade", "solution", "locked", "points")
        if expected and any(meta.get(role) != expected.get(role) for role in roles):
            findings.append(f"cell {meta['grade_id']} has another role than it was handed out with")
            gradable = False
    return gradable, tuple(findings)


def check_all(name: str, desk: Path = DESK) -> list[Report]:
    """Every student known from the submissions or, if there is a gradebook, from its list."""
    submitted = desk / "submitted"
    students = {p.name for p in submitted.glob("*") if p.is_dir()}
    database = desk / "gradebook.db"
    if database.exists():
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{database}") as gradebook:
            students |= {student.id for student in gradebook.students}
    return [check(name, student, submitted / student / name) for student in sorted(students)]


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
        table.add_row(report.student, status, "\n".join(report.findings))
    console.print(table)
    return 0 if all(report.gradable for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
