"""Grades as files for others: nbgrader's CSV, and the columns that Canvas and Moodle read.

`python -m grading.export` writes `grades.csv`, `canvas.csv` and `moodle.csv` beside the gradebook,
as every grading does; call it once more after grading by hand. A grade that is not there yet, since
nothing was handed in, nothing could be graded or a question waits for a person, is an empty field,
never a 0. What was graded without a sandbox is named in `TRUSTED.txt` and in nbgrader's CSV; the
others are imported as they are, and a column more would become an assignment.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment

from grading.trusted import BANNER, was_trusted

NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
    "note",
)  # fmt: skip


def final_score(submission: SubmittedAssignment) -> float | None:
    """The score after penalties; None while any of its points has not been decided."""
    if not is_autograded(submission) or submission.needs_manual_grade:
        return None
    return current_score(submission)


def current_score(submission: SubmittedAssignment) -> float:
    """The points so far, after penalties."""
    return max(0.0, submission.score - (submission.late_submission_penalty or 0.0))


def is_autograded(submission: SubmittedAssignment) -> bool:
    """Whether every test of a submission has had its verdict."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return bool(grades) and all(
        g.auto_score is not None or g.manual_score is not None or g.cell.cell_type == "markdown"
        for g in grades
    )


def export(desk: Path) -> list[Path]:
    """Write the files from the gradebook in `desk`; returns their paths."""
    with Gradebook(f"sqlite:///{desk / 'gradebook.db'}") as gradebook:
        graded = sorted(gradebook.assignments, key=lambda a: a.name)
        students = sorted(gradebook.students, key=lambda s: s.id)
        scores = {(a.name, s.id): _find(gradebook, a.name, s.id) for a in graded for s in students}
        trusted = {key for key in scores if was_trusted(desk, *key)}
        return [
            _write(desk / "grades.csv", NBGRADER, _rows(graded, students, scores, trusted)),
            _write(desk / "canvas.csv", *_canvas(graded, students, scores)),
            _write(desk / "moodle.csv", *_moodle(graded, students, scores)),
            *_trusted_note(desk / "TRUSTED.txt", trusted),
        ]


Found = dict[tuple[str, str], SubmittedAssignment | None]


def _trusted_note(path: Path, trusted: set[tuple[str, str]]) -> Iterator[Path]:
    """The file that names what was graded without a sandbox; none where nothing was."""
    path.unlink(missing_ok=True)
    if trusted:
        lines = [f"{name}: {student}" for name, student in sorted(trusted)]
        path.write_text("\n".join([f"{BANNER}.", "", *lines, ""]), encoding="utf-8")
        yield path


def _find(gradebook: Gradebook, name: str, student: str) -> SubmittedAssignment | None:
    try:
        return gradebook.find_submission(name, student)
    except MissingEntry:
        return None


def _rows(
    graded: list[Assignment], students: list[Student], found: Found, trusted: set[tuple[str, str]]
) -> Iterator[list[Any]]:
    for assignment in graded:
        for student in students:
            submission = found[assignment.name, student.id]
            score = submission and final_score(submission)
            decided = score is not None
            yield [
                assignment.name, assignment.duedate, submission and submission.timestamp,
                student.id, student.last_name, student.first_name, student.email,
                submission.score if decided else None,
                submission.late_submission_penalty if decided else None,
                score, assignment.max_score,
                BANNER if (assignment.name, student.id) in trusted else None,
            ]  # fmt: skip


def _canvas(
    graded: list[Assignment], students: list[Student], found: Found
) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """Canvas's gradebook import; its second row holds the points possible."""
    names = [f"{a.name} ({a.max_score:g} points)" for a in graded]
    header = ("Student", "ID", "SIS Login ID", "Section", *names)

    def rows() -> Iterator[list[Any]]:
        yield ["    Points Possible", "", "", "", *[a.max_score for a in graded]]
        for s in students:
            name = ", ".join(filter(None, (s.last_name, s.first_name))) or s.id
            yield [name, "", s.lms_user_id or s.id, "", *_scores(graded, s, found)]

    return header, rows()


def _moodle(
    graded: list[Assignment], students: list[Student], found: Found
) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """Moodle's grade import: one column of grades for each assignment."""
    names = ["Grade"] if len(graded) == 1 else [f"Grade {a.name}" for a in graded]
    rows = ([s.id, s.email, *_scores(graded, s, found)] for s in students)
    return ("Identifier", "Email address", *names), rows


def _scores(graded: list[Assignment], student: Student, found: Found) -> list[float | None]:
    submissions = [found[a.name, student.id] for a in graded]
    return [None if s is None else final_score(s) for s in submissions]


def _write(path: Path, header: tuple[str, ...], rows: Iterator[list[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([["" if v is None else _safe(v) for v in row] for row in rows])
    return path


def _safe(value: Any) -> Any:
    """A text that a spreadsheet will not take for a formula."""
    risky = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if risky else value


if __name__ == "__main__":
    from grading.nbgrader_steps import desk

    if not (desk() / "gradebook.db").exists():
        sys.exit(f"there is no gradebook in {desk()}: grade something first")
    for path in export(desk()):
        print(path)
