"""`grade_one`: one submission to one verdict, a pure function of its inputs, kept by their hash."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import hmac
import json
import os
import platform
import re
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
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
    student : whose it is; hidden inputs are drawn from a key of the student and the answers
    desk : the folder of the gradebook, under which results are kept and the secret lies

    Raises
    ------
    InfrastructureError
        When a test could not be run for a reason that is not the student's, or there is no result
        yet and MBRL_RECORD_ONLY=1 says that this process is the recorder.
    """
    student_cells = [cell.source for cell in code_cells(notebook) if runs_in_candidate(cell)]
    course_cells = examiner_cells(name)
    key = submission_key(desk, name, student, student_cells)
    path = result_path(name, notebook, student, desk)
    if path.exists():
        return _load(path)
    if os.environ.get("MBRL_RECORD_ONLY") == "1":
        raise InfrastructureError(f"{name}, {student}: it or the course changed meanwhile")
    zygote = zygote_of(name)
    right = reference_cells(name)
    report = Exam(zygote.candidate, student_cells, course_cells, key, reference=right).run()
    if not zygote.alive():  # what the examiner saw then was no student's doing
        raise InfrastructureError(f"{name}, {student}: the sandbox ended")
    broken = [v for v in report.verdicts if v.outcome == "infrastructure"]
    if broken:
        raise InfrastructureError(f"{name}, {student}: {broken[0].id}: {broken[0].message}")
    report = _cleaned(report)
    _save(path, report)
    return report


def result_path(name: str, notebook: NotebookNode, student: str, desk: Path) -> Path:
    """Where the result of `grade_one` with these arguments is, or will be."""
    cells = [cell.source for cell in code_cells(notebook) if runs_in_candidate(cell)]
    course = [asdict(cell) for cell in examiner_cells(name)]
    key = submission_key(desk, name, student, cells)
    parts = [name, cells, course, key, course_version()]
    return desk / "results" / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}.json"


def runs_in_candidate(cell: Cell) -> bool:
    """Whether the student's process runs a cell: all but tests and demonstrations."""
    return not cell.is_test and not cell.is_demo


def examiner_cells(name: str) -> list[Cell]:
    """The cells that the examiner runs: the course's locked ones and the tests, hidden included."""
    cells = _all_cells(name, assignments.source_path(name).stat().st_mtime_ns)
    return [c for c in cells if c.id and not c.is_solution and not c.is_demo]


def reference_cells(name: str) -> list[str]:
    """What the candidate would run if the student had handed in the reference."""
    cells = _all_cells(name, assignments.source_path(name).stat().st_mtime_ns)
    return [cell.source for cell in cells if runs_in_candidate(cell)]


@cache
def _all_cells(name: str, changed: int) -> tuple[Cell, ...]:
    return tuple(code_cells(assignments.read(name)))


def submission_key(desk: Path, name: str, student: str, cells: Sequence[str]) -> str:
    """The key of a submission's hidden inputs, from a secret that only this desk knows.

    The student's cells are in it: handing in again to learn from the feedback meets new inputs.
    """
    path = desk / "secret"
    if not path.exists():
        desk.mkdir(parents=True, exist_ok=True)
        _write(path, secrets.token_hex(32))
        path.chmod(0o600)
    secret = path.read_text().strip().encode()
    content = hashlib.sha256(json.dumps(list(cells)).encode()).hexdigest()
    return hmac.new(secret, f"{name}/{student}/{content}".encode(), hashlib.sha256).hexdigest()


@cache
def course_version() -> str:
    """A hash of the code and the packages that a verdict depends on."""
    digest = hashlib.sha256(platform.python_version().encode())
    for package in ("torch", "numpy", "ipython"):
        digest.update(f"{package} {version(package)}".encode())
    grading = assignments.ROOT / "grading"
    paths = [grading / "codec.py", grading / "grade.py"]
    for folder in (assignments.ROOT / "mbrl_lib", grading / "candidate", grading / "examiner"):
        paths += sorted(folder.rglob("*.py"))
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


_zygotes: dict[str, Zygote] = {}


def zygote_of(name: str) -> Zygote:
    """This process's zygote for an assignment, begun anew if it has died."""
    made = _zygotes.get(name)
    if made is not None and not made.alive():
        made.close()
        made = None
    if made is None:
        made = Zygote(assignments.writes(assignments.read(name)), _worker())
        if name not in _zygotes:
            atexit.register(lambda: _zygotes[name].close())
        _zygotes[name] = made
    return made


@cache
def _worker() -> int:
    """A number that no other grading process on this machine has: zygotes differ in user id."""
    for number in range(800):
        path = Path(tempfile.gettempdir()) / f"mbrl-worker-{os.getuid()}-{number}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            continue
        return number  # the file stays open: the kernel lets go of it when the process ends
    raise InfrastructureError("800 graders are at work on this machine already")


_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Text as a terminal would show it: no control characters, no colours, no bidi tricks."""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    shown = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", shown)


def _cleaned(report: Report) -> Report:
    """The report with all that a student can have written into it cleaned."""
    verdicts = [replace(v, message=clean(v.message)) for v in report.verdicts]
    runs = []
    for run in report.runs:
        outputs = tuple({k: clean(v) for k, v in output.items()} for output in run.outputs)
        error = run.error and (clean(run.error[0]), clean(run.error[1]))
        runs.append(CellRun(clean(run.text), outputs, error))
    return replace(report, verdicts=verdicts, runs=runs)


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
