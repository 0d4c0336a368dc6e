"""The check before grading: every broken submission is named, an honest one passes."""

import copy
import json

import nbformat
import pytest

from grading import assignments
from grading.precheck import check

NAME = assignments.names()[0]


@pytest.fixture
def released():
    return nbformat.read(assignments.RELEASED / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.fixture
def hand_in(tmp_path):
    def write(content, file=f"{NAME}.ipynb"):
        path = tmp_path / file
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return check(NAME, "ada", tmp_path)

    return write


def graded(notebook, role):
    """The positions of the cells that are tests, or answers."""
    metas = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    if role == "test":
        return [i for i, m in enumerate(metas) if m.get("grade") and not m.get("solution")]
    return [i for i, m in enumerate(metas) if m.get("solution")]


def test_an_honest_submission_with_cells_of_its_own_is_gradable(released, hand_in):
    released.cells.insert(2, nbformat.v4.new_code_cell("print('mine')"))
    report = hand_in(released)
    assert report.gradable and report.findings == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is empty"),
        ("{", "it is not JSON"),
        ("<<<<<<< HEAD\n{}", "git merge conflict"),
        (b"\xff\xfe\x00", "not a text file"),
        ("{}", "its format is none"),
        ('{"nbformat": 3}', "its format is 3"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "no valid notebook"),
        ("[1]", "no valid notebook"),
    ],
)
def test_broken_files_are_named(hand_in, content, words):
    report = hand_in(content)
    assert not report.gradable
    assert words in report.findings[0]


def test_missing_and_renamed_are_told_apart(tmp_path, hand_in, released):
    report = check(NAME, "ada", tmp_path / "nobody")
    assert not report.gradable and "nothing was handed in" in report.findings[0]
    report = hand_in(released, "my homework (2).ipynb")
    assert not report.gradable and "rename my homework (2).ipynb" in report.findings[0]


def test_a_link_is_not_a_submission(tmp_path):
    (tmp_path / f"{NAME}.ipynb").symlink_to(assignments.RELEASED / NAME / f"{NAME}.ipynb")
    assert not check(NAME, "ada", tmp_path).gradable


def test_lost_doubled_and_changed_cells_are_named(released, hand_in):
    test, answer = graded(released, "test")[0], graded(released, "solution")[0]
    test_id, answer_id = (released.cells[i].metadata.nbgrader.grade_id for i in (test, answer))

    lost = copy.deepcopy(released)
    del lost.cells[test]
    report = hand_in(lost)
    assert report.gradable, "nbgrader puts it back"
    assert report.findings == (f"test cell {test_id} was deleted",)

    lost = copy.deepcopy(released)
    del lost.cells[answer]
    report = hand_in(lost)
    assert not report.gradable and report.findings == (f"answer cell {answer_id} was deleted",)

    doubled = copy.deepcopy(released)
    twin = copy.deepcopy(doubled.cells[test])
    twin.id = "twin"
    doubled.cells.append(twin)
    report = hand_in(doubled)
    assert not report.gradable and report.findings == (f"test cell {test_id} is there 2 times",)

    changed = copy.deepcopy(released)
    changed.cells[test].metadata.nbgrader.points = 1000
    report = hand_in(changed)
    assert not report.gradable and test_id in report.findings[0]
