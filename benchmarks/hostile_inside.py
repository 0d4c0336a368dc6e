"""In the bubble of `benchmarks.hostile`: one submission, graded as nbgrader does; what came of it.

Run as `python -m benchmarks.hostile_inside ASSIGNMENT` in a course folder; writes `outcome.json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat

SECONDS = 120  # what nbgrader may take
COURSE = Path("/tmp/course")  # where the course folder is, inside
TOUCHED, OUTLIVES, STUDENT = "touched-by-a-student", b"outlives-its-grading", "hostile"


def inside(name: str) -> None:
    """Grade the submission and write down what it achieved."""
    mark = os.environ.pop("MBRL_MARK")
    Path("/tmp/home").mkdir()
    (Path("/var/tmp") / "neighbour.txt").write_text(os.environ["MBRL_NEIGHBOUR"])
    hits: list[int] = []
    threading.Thread(target=_listen, args=(hits,), daemon=True).start()
    process = subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", name, f"--student={STUDENT}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        failed = process.wait(SECONDS) != 0
    except subprocess.TimeoutExpired:
        failed = True
        process.kill()
    graded = Path("autograded") / STUDENT / name / f"{name}.ipynb"
    text = json.dumps(_outputs(graded)) if graded.exists() else ""
    came = {
        "failed": failed,
        "score": None if failed else _score(name),
        "leak": mark in text,
        "secret": os.environ["MBRL_NEIGHBOUR"] in text or "neighbour answers" in text,
        "reference": "reference at" in text,
        "touch": _touched(),
        "outlive": _outlived(),
        "network": bool(hits),
        "script": not failed and _script(name),
    }
    Path("outcome.json").write_text(json.dumps(came))


def _outlived() -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(OUTLIVES):
                return True
    return False


def _listen(hits: list[int]) -> None:
    with socket.create_server(("127.0.0.1", 46_464)) as server:
        while True:
            connection, _ = server.accept()
            hits.append(1)
            connection.sendall(b"neighbour answers")
            connection.close()


def _outputs(path: Path) -> list[Any]:
    with contextlib.suppress(Exception):
        return [c.get("outputs") for c in nbformat.read(path, as_version=4).cells]
    return []


def _score(name: str) -> float | None:
    from nbgrader.api import Gradebook

    try:
        with Gradebook("sqlite:///gradebook.db") as gradebook:
            return gradebook.find_submission(name, STUDENT).score
    except Exception:  # it has been tampered with, or there is none
        return None


def _touched() -> bool:
    places = [COURSE, *COURSE.glob("*"), *COURSE.glob("*/*"), *COURSE.glob("*/*/*")]
    places += [Path(p) for p in ("/tmp", "/var/tmp", "/tmp/home", "/root", "/dev/shm")]
    if any((place / TOUCHED).exists() for place in places):
        return True
    with sqlite3.connect(COURSE / "gradebook.db") as database:
        tables = database.execute("select name from sqlite_master").fetchall()
    return ("touched_by_a_student",) in tables


def _script(name: str) -> bool:
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", name, f"--student={STUDENT}"],
        capture_output=True, timeout=60,
    )  # fmt: skip
    pages = list((COURSE / "feedback" / STUDENT / name).glob("*.html"))
    text = pages[0].read_text() if pages else ""
    return "<script>alert('hostile')" in text or "onerror=\"alert('hostile')" in text


if __name__ == "__main__":
    inside(sys.argv[1])
