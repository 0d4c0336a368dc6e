"""`grade_one`: one submission to one verdict, a pure function of its inputs, kept by their hash."""

from __future__ import annotations

import atexit
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grading import assignments
from grading.candidate.sandbox import Zygote
from grading.examiner.exam import CellRun, Exam, Report, Verdict
from mbrl_lib.checks.cells import Cell, code_cells


class InfrastructureError(RuntimeError):
    """The course's own side failed: no score may be recorded."""


def grade_one(name: str, notebook: NotebookNode, student: str, desk: Path) -> Report:
    """The verdicts on a rebuilt submission (see `grading.skeleton`).

    Parameters
    ----------
    name : the assignment
    notebook : the rebuilt notebook
    student : whose it is; hidden inputs are drawn from a key of their own
    desk : the folder of the gradebook, under which results are kept and the secret lies

    Raises
    ------
    InfrastructureError
        When a test could not be run for a reason that is not the student's.
    """
    student_cells = [cell.source for cell in code_cells(notebook) if runs_in_candidate(cell)]
    course_cells = examiner_cells(name)
    key = student_key(desk, name, student)
    path = desk / "results" / f"{_fingerprint(name, student_cells, course_cells, key)}.json"
    if path.exists():
        return _load(path)
    zygote = _zygote(name)
    report = Exam(zygote.candidate, student_cells, course_cells, key).run()
    broken = [v for v in report.verdicts if v.outcome == "infrastructure"]
    if broken:
        raise InfrastructureError(f"{name}, {student}: {broken[0].id}: {broken[0].message}")
    _save(path, report)
    return report


def runs_in_candidate(cell: Cell) -> bool:
    """Whether the student's process runs a cell: all but tests and demonstrations."""
    return not cell.is_test and not cell.is_demo


def examiner_cells(name: str) -> list[Cell]:
    """The cells that the examiner runs: the course's locked ones and the tests, hidden included."""
    cells = code_cells(assignments.read(name))
    return [c for c in cells if c.id and not c.is_solution and not c.is_demo]


def student_key(desk: Path, name: str, student: str) -> str:
    """The key of a student's hidden inputs, from a secret that only this desk knows."""
    path = desk / "secret"
    if not path.exists():
        desk.mkdir(parents=True, exist_ok=True)
        _write(path, secrets.token_hex(32))
        path.chmod(0o600)
    secret = path.read_text().strip().encode()
    return hmac.new(secret, f"{name}/{student}".encode(), hashlib.sha256).hexdigest()


def _fingerprint(name: str, student_cells: list[str], course_cells: list[Cell], key: str) -> str:
    parts = [name, student_cells, [asdict(cell) for cell in course_cells], key, _course_version()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _course_version() -> str:
    """A hash of the code that a verdict depends on."""
    digest = hashlib.sha256()
    for folder in ("mbrl_lib", "grading"):
        for path in sorted((assignments.ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _zygote(name: str) -> Zygote:
    """This process's zygote for an assignment; ended when the process ends."""
    worker = os.getpid() % 1000  # a user id of its own for each worker
    zygote = Zygote(assignments.writes(assignments.read(name)), worker)
    atexit.register(zygote.close)
    return zygote


def _save(path: Path, report: Report) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, json.dumps(asdict(report)))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(text)
    os.replace(file.name, path)


def _load(path: Path) -> Report:
    data: dict[str, Any] = json.loads(path.read_text())
    runs = [
        CellRun(r["text"], tuple(r["outputs"]), tuple(r["error"]) if r["error"] else None)
        for r in data["runs"]
    ]
    return Report([Verdict(**v) for v in data["verdicts"]], runs, data["restarts"])
