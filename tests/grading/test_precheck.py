"""The check before grading: every broken submission is named, an honest one passes."""

import copy
import json

import nbformat
import pytest

from grading import assignments, precheck
from grading.precheck import check, check_all, main
from grading.skeleton import rebuild

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
        ("{}", "no list of cells"),
        ('{"nbformat": 3}', "format 3"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "no valid notebook"),
        ("[1]", "no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "no answer cell"),
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


def test_a_link_is_not_a_submission(tmp_path, hand_in, released):
    hand_in(released)
    (tmp_path / "folder").symlink_to(tmp_path)
    assert not check(NAME, "ada", tmp_path / "folder").gradable
    (tmp_path / f"{NAME}.ipynb").unlink()
    (tmp_path / f"{NAME}.ipynb").symlink_to(assignments.RELEASED / NAME / f"{NAME}.ipynb")
    assert not check(NAME, "ada", tmp_path).gradable


def test_what_nbgrader_cannot_read_is_sent_to_ingest(hand_in, released):
    report = hand_in(b"\xef\xbb\xbf" + nbformat.writes(released).encode())
    assert not report.gradable and "python -m grading.ingest" in report.findings[-1]


def test_lost_doubled_and_changed_cells_are_named_and_cost_what_they_must(released, hand_in):
    test, answer = graded(released, "test")[0], graded(released, "solution")[0]
    test_id, answer_id = (released.cells[i].metadata.nbgrader.grade_id for i in (test, answer))

    def changed(change):
        notebook = copy.deepcopy(released)
        change(notebook)
        report = hand_in(notebook)
        assert report.gradable
        rebuilt = rebuild(NAME, notebook).notebook
        assert [c.id for c in rebuilt.cells] == [c.id for c in released.cells]
        assert [c.metadata for c in rebuilt.cells] == [c.metadata for c in released.cells]
        return report.findings

    def remove(place):
        return lambda notebook: notebook.cells.pop(place)

    def double(place):
        return lambda notebook: notebook.cells.append(
            nbformat.from_dict(notebook.cells[place] | {"id": "twin"})
        )

    assert changed(remove(test)) == (f"test cell {test_id} is missing; it was put back",)
    (finding,) = changed(remove(answer))
    assert finding == f"answer cell {answer_id} is missing; its task has no answer"
    (finding,) = changed(double(test))
    assert finding == f"test cell {test_id} is there 2 times; the one handed out counts"
    (finding,) = changed(double(answer))
    assert (
        finding == f"answer cell {answer_id} is there 2 times; the first that was worked on counts"
    )
    (finding,) = changed(lambda nb: nb.cells[test].metadata.nbgrader.update(points=1000))
    assert finding == f"cell {test_id} was re-marked; its marks were put right"
    (finding,) = changed(lambda nb: nb.cells.reverse())
    assert "another order" in finding


def test_of_two_answers_the_one_that_was_worked_on_counts(released):
    place = graded(released, "solution")[0]
    worked = nbformat.from_dict(released.cells[place] | {"id": "twin", "source": "mine = 1"})
    released.cells.append(worked)
    rebuilt = rebuild(NAME, released).notebook
    assert rebuilt.cells[place].source == "mine = 1"


def test_a_picture_pasted_into_a_written_answer_is_kept_and_nothing_else(released):
    place = next(i for i in graded(released, "solution") if released.cells[i].cell_type != "code")
    kept = {"a.png": {"image/png": "aGVsbG8="}}
    odd = {"b.svg": {"image/svg+xml": "PHN2Zz4="}, "c.png": {"image/png": "<script>"}}
    released.cells[place].update(source="![](attachment:a.png)", attachments=kept | odd)
    assert rebuild(NAME, released).notebook.cells[place].attachments == kept


def test_a_written_answer_is_shown_and_not_obeyed(released):
    """Instructors read it in nbgrader's formgrader, which obeys all HTML that it is given."""
    written = graded(released, "answer")[-1]
    released.cells[written].source = "a <b>c</b> [d](e) $\\href{f}{g}$ ![h](attachment:i.png) 1 < 2"
    made = rebuild(NAME, released).notebook.cells[written]
    assert made.source == "a < b>c< /b> [d] (e) $\\ href{f}{g}$ ![h](attachment:i.png) 1 < 2"


def test_a_picture_within_the_text_is_kept_and_an_endless_text_is_cut(released, hand_in):
    written = graded(released, "answer")[-1]
    picture = "![x](data:image/png;base64," + "AAAA" * 50_000 + ")"
    released.cells[written].source = f"before {picture} behind"
    made = rebuild(NAME, released).notebook.cells[written]
    assert made.source == "before ![x](attachment:pasted-0) behind"
    assert made.attachments == {"pasted-0": {"image/png": "AAAA" * 50_000}}
    assert hand_in(released).findings == ()
    released.cells[written].source = "![" * 100_000
    assert len(rebuild(NAME, released).notebook.cells[written].source) == 20_000
    assert "200,000 characters" in hand_in(released).findings[0]


def test_the_table_knows_what_ingest_refused(tmp_path, monkeypatch, capsys, released):
    path = precheck.ingested_path(NAME, tmp_path)
    path.parent.mkdir()
    told = {"ben": {"tell": ["it is [bold]empty\x1b[2J"]}, "ada": {"tell": ["late"]}}
    path.write_text(json.dumps(told))
    folder = tmp_path / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    nbformat.write(released, folder / f"{NAME}.ipynb")
    ada, ben = check_all(NAME, tmp_path)
    assert ada.gradable and ada.findings == ("late",)
    assert not ben.gradable and ben.findings == ("it is [bold]empty\x1b[2J",)
    monkeypatch.setattr(precheck, "check_all", lambda name: [ada, ben])
    assert main([NAME]) == 1
    shown = capsys.readouterr().out
    assert "[bold]" in shown and "\x1b[2J" not in shown
    assert main(["ps99"]) == 2
