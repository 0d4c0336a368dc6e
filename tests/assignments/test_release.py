"""What is handed out: in sync with its source, without answers, working without the reference."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from grading import assignments
from mbrl_lib.checks.cells import code_cells

NAMES = assignments.names()


@pytest.mark.parametrize("name", NAMES)
def test_release_is_in_sync_with_its_source(name, tmp_path):
    built = assignments.release(name, tmp_path)
    committed = assignments.RELEASED / name / f"{name}.ipynb"
    assert built.read_bytes() == committed.read_bytes(), "run: make assignments"


def test_releases_hold_nothing_else():
    found = {p.relative_to(assignments.RELEASED) for p in assignments.RELEASED.rglob("*.*")}
    assert {str(p) for p in found} == {f"{name}/{name}.ipynb" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_release_has_no_answers_and_no_hidden_tests(name):
    text = (assignments.RELEASED / name / f"{name}.ipynb").read_text(encoding="utf-8")
    for mark in ("HIDDEN TESTS", "BEGIN SOLUTION", "END SOLUTION"):
        assert mark not in text
    released = {c.id: c for c in code_cells(json.loads(text)) if c.id}
    for cell in code_cells(assignments.read(name)):
        if cell.is_solution:
            assert "raise NotImplementedError()" in released[cell.id].source
            answer = cell.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
            assert answer.strip() not in released[cell.id].source


@pytest.mark.parametrize("name", NAMES)
def test_every_test_cell_has_visible_and_hidden_checks(name):
    for cell in code_cells(assignments.read(name)):
        if cell.is_test:
            assert "### BEGIN HIDDEN TESTS" in cell.source, cell.id
            visible = cell.source.split("### BEGIN HIDDEN TESTS")[0]
            assert "checks." in visible, cell.id


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_written_ids_say_which_assignment(name):
    cells = assignments.read(name).cells
    ids = [c.metadata["nbgrader"]["grade_id"] for c in cells if "nbgrader" in c.metadata]
    assert len(ids) == len(set(ids))
    assert all(i.startswith(name.split("_")[0] + "-") for i in ids)


_RUN = """
import json, sys
from mbrl_lib.checks.cells import code_cells, run_cells
import mbrl_lib
cells = code_cells(json.load(open(sys.argv[1])))
results = run_cells(cells, demos=True, strict=True)
print(json.dumps([mbrl_lib.__file__, {r.id: r.message for r in results if r.message}]))
"""


@pytest.mark.parametrize("name", NAMES)
def test_the_rest_runs_with_the_modules_that_students_write_removed(name, tmp_path):
    """The library imports without them, and the whole notebook, demonstrations too, needs none."""
    shutil.copytree(assignments.ROOT / "mbrl_lib", tmp_path / "mbrl_lib")
    trained = (assignments.ROOT / "results" / "world_models").glob("*.safetensors")
    (tmp_path / "mbrl_lib" / "weights").mkdir()  # where an installed package has them
    for file in trained:
        shutil.copy(file, tmp_path / "mbrl_lib" / "weights")
    notebook = assignments.read(name)
    for module in assignments.writes(notebook):
        (tmp_path / module.replace(".", "/")).with_suffix(".py").unlink()
    path = tmp_path / "reference.ipynb"
    path.write_text(json.dumps(notebook))
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, path],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    where, failed = json.loads(done.stdout.splitlines()[-1])
    assert where.startswith(str(tmp_path))
    assert not failed


def test_unknown_assignment_is_named():
    with pytest.raises(ValueError, match="no assignment is called 'ps99'; there are: "):
        assignments.source_path("ps99")
