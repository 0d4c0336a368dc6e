"""A class is graded whole: every status, resume, what a second run does, late work, export."""

import csv
import json
import os
import shutil
import sqlite3

import nbformat
import pytest
from nbgrader.api import Gradebook

from benchmarks import grading as bench
from grading import run, similarity
from grading.export import export
from grading.grade import InfrastructureError, clean
from grading.statistics import task_statistics

NAME = bench.NAME
CELLS = ("grade_cells", "solution_cells", "source_cells")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A class of five, graded once: two notebooks and three that are none."""
    desk = tmp_path_factory.mktemp("desk")
    bench.make_class(desk, 2, seed=3)
    broken = {"empty": "", "conflict": "<<<<<<< HEAD\n", "missing": None}
    for student, text in broken.items():
        folder = desk / "submitted" / student / NAME
        folder.mkdir(parents=True)
        if text is not None:
            (folder / f"{NAME}.ipynb").write_text(text)
    with _Restored():
        run.grade_class(NAME, desk, jobs=2)
    return desk


class _Restored:
    """What a run sets in the environment is taken back."""

    def __enter__(self):
        self.before = dict(os.environ)
        os.environ["OMP_NUM_THREADS"] = "1"

    def __exit__(self, *_):
        os.environ.clear()
        os.environ.update(self.before)


def _summary(desk):
    return json.loads((desk / f"summary_{NAME}.json").read_text())


def _regrade(desk, **options):
    with _Restored():
        return run.grade_class(NAME, desk, jobs=1, feedback=False, **options)


def test_every_student_has_a_status_and_nothing_stops_the_run(desk):
    rows = {row["student"]: row for row in _summary(desk)["students"]}
    assert {rows[s]["status"] for s in ("student0000", "student0001")} == {"needs hand grading"}
    for student, words in (("empty", "empty"), ("conflict", "conflict"), ("missing", "missing")):
        assert rows[student]["status"] == "could not be graded"
        assert words in rows[student]["why"]
        assert rows[student]["score"] is None, "not a 0"
    assert (desk / f"summary_{NAME}.html").read_text().startswith("<!doctype html>")
    assert (desk / "feedback" / "student0000" / NAME / f"{NAME}.html").exists()
    assert not (desk / "feedback" / "empty").exists()


def test_exported_grades_are_empty_until_all_is_decided(desk, tmp_path):
    rows = {r["student_id"]: r for r in _rows(desk / "grades.csv")}
    assert rows["student0000"]["score"] == "" and rows["student0000"]["max_score"] == "100.0"
    copy = _copy(desk, tmp_path)
    with sqlite3.connect(copy / "gradebook.db") as database:
        database.execute("update grade set needs_manual_grade = 0, manual_score = 7 "
                         "where needs_manual_grade")  # fmt: skip
    export(copy)
    graded = {r["student_id"]: r for r in _rows(copy / "grades.csv")}
    assert float(graded["student0000"]["score"]) > 0
    canvas = {r["SIS Login ID"]: r for r in _rows(copy / "canvas.csv")}
    assert canvas["student0000"][f"{NAME} (100 points)"] == graded["student0000"]["score"]
    moodle = {r["Identifier"]: r for r in _rows(copy / "moodle.csv")}
    assert moodle["student0001"]["Grade"] == graded["student0001"]["score"]


def test_a_second_run_does_only_what_changed(desk, tmp_path, monkeypatch):
    copy = _copy(desk, tmp_path)
    before = bench.scores(copy)
    with monkeypatch.context() as patch:
        patch.setattr(run.Recorder, "record", None)  # whoever calls it fails
        _regrade(copy)
    assert bench.scores(copy) == before
    files = set((copy / "results").glob("*.json"))
    changed = copy / "submitted" / "student0000" / NAME / f"{NAME}.ipynb"
    shutil.copy(copy / "submitted" / "student0001" / NAME / f"{NAME}.ipynb", changed)
    _regrade(copy)
    assert len(set((copy / "results").glob("*.json")) - files) == 1
    one, other = (
        [line.split()[1:] for line in bench.scores(copy).splitlines() if line.startswith(s)]
        for s in ("student0000", "student0001")
    )
    assert one == other


def test_what_our_side_fails_to_do_leaves_the_old_score_and_says_so(desk, tmp_path, monkeypatch):
    copy = _copy(desk, tmp_path)
    before = bench.scores(copy)
    notebook = copy / "submitted" / "student0000" / NAME / f"{NAME}.ipynb"
    changed = nbformat.read(notebook, as_version=4)
    changed.cells.append(nbformat.v4.new_code_cell("extra = 1"))
    nbformat.write(changed, notebook)
    failed = run.Examined("student0000", "course", "the disk is full")
    monkeypatch.setattr(run, "examine_all", lambda name, todo, *_: iter([failed]))
    monkeypatch.setattr(run, "_warm", lambda *_: ())
    summary = _regrade(copy)
    row = next(r for r in summary.students if r.student == "student0000")
    assert row.status == "stale" and row.score is not None and "the disk is full" in row.why
    assert bench.scores(copy) == before and summary.course_failed


def test_the_recorder_never_examines(desk, tmp_path):
    copy = _copy(desk, tmp_path)
    for result in (copy / "results").glob("*.json"):
        result.unlink()
    with _Restored():
        os.environ["MBRL_GRADEBOOK"] = str(copy)
        os.environ["PATH"] = bench.environment(copy)["PATH"]
        one = run.Recorder(NAME, copy).record(run.Examined("student0000"))
    assert one.fault == "course" and "changed meanwhile" in one.problem


def test_late_work_is_nbgraders_affair(desk, tmp_path):
    copy = _copy(desk, tmp_path)
    with sqlite3.connect(copy / "gradebook.db") as database:
        database.execute("update assignment set duedate = '2026-01-01 12:00:00.000000'")
    with _Restored():
        os.environ["MBRL_GRADEBOOK"] = str(copy)
        os.environ["PATH"] = bench.environment(copy)["PATH"]
        recorder = run.Recorder(NAME, copy)
        steps = [str(step) for step in recorder.config.Autograde.autograde_preprocessors]
        assert "nbgrader.preprocessors.AssignLatePenalties" in steps
        assert recorder.known("student0000") is None, "a new due date is a reason to record anew"
        recorder.config.LateSubmissionPlugin.penalty_method = "zero"
        recorder.api.update_config(recorder.config)
        result = _result(copy, "student0000")
        assert not recorder.record(run.Examined("student0000", result=result)).fault
        summary = recorder.summary({"student0000": run.Examined("student0000")}, False)
    row = next(r for r in summary.students if r.student == "student0000")
    assert row.score == 0, "handed in on the fifth of January: nbgrader's penalty takes all"


def test_two_runs_at_once_are_refused(desk):
    with run._only_run(desk), pytest.raises(InfrastructureError, match="another run"):
        _regrade(desk)


def test_a_submission_that_kills_its_workers_is_found_and_the_others_are_graded(
    tmp_path, monkeypatch
):
    rounds = []

    def pool(name, students, desk, jobs, backend):
        rounds.append(list(students))
        for student in students:
            mark = desk / "results" / "at_work" / student
            mark.touch()
            if student == "killer":
                if "innocent" in students:  # at work beside it
                    (desk / "results" / "at_work" / "innocent").touch()
                raise RuntimeError("a worker died")
            mark.unlink()
            yield run.Examined(student)

    monkeypatch.setattr(run, "_pool", pool)
    students = ["a", "killer", "innocent", "z"]
    found = {e.student: e for e in run.examine_all(NAME, students, tmp_path, 2)}
    assert set(found) == set(students)
    assert [s for s, e in found.items() if e.fault] == ["killer"]
    assert rounds[1:3] == [["killer"], ["innocent"]], "each suspect alone"


def _entered(desk):
    with _Restored():
        os.environ["MBRL_GRADEBOOK"] = str(desk)
        os.environ["PATH"] = run.assignments.environment()["PATH"]
        return run.Recorder(NAME, desk)


def _cells(recorder):
    with Gradebook(recorder.api.coursedir.db_url) as gradebook:
        notebooks = gradebook.find_assignment(NAME).notebooks
        return {(kind, c.name) for n in notebooks for kind in CELLS for c in getattr(n, kind)}


def test_a_run_killed_while_it_enters_the_assignment_leaves_nothing_that_stops_the_next(
    tmp_path, monkeypatch
):
    def killed():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nbgrader.api.get_alembic_version", killed)  # tables there, version not
        with pytest.raises(KeyboardInterrupt):
            _entered(tmp_path)
    whole = _cells(recorder := _entered(tmp_path))
    assert len(whole) > 20
    with sqlite3.connect(tmp_path / "gradebook.db") as database:
        assert database.execute("select count(*) from alembic_version").fetchone() == (1,)
    kept = {"grade_cells": 2, "solution_cells": 0, "source_cells": 0}  # where the next one stopped
    with Gradebook(recorder.api.coursedir.db_url) as gradebook:
        notebook = gradebook.find_assignment(NAME).notebooks[0]
        for kind in CELLS:
            for cell in getattr(notebook, kind)[kept[kind] :]:
                gradebook.db.delete(cell)
        gradebook.db.commit()
    assert len(_cells(recorder)) == 2
    assert _cells(_entered(tmp_path)) == whole
    with Gradebook(recorder.api.coursedir.db_url) as gradebook:  # and before its first cell
        gradebook.remove_notebook(NAME, NAME)
    assert _cells(_entered(tmp_path)) == whole


def test_workers_and_parent_killed_at_random_and_resumed_give_the_same_scores():
    assert (
        bench.resume_scores_equal(bench.undisturbed(6, 1), 6, seed=1, every=5.0, most=3)["equal"]
        == 1
    )


def test_pairs_that_share_code_are_found_whatever_their_names(desk, tmp_path):
    stub = "def f(x):\n    raise NotImplementedError()\n" * 5
    body = (
        "def f({0}):\n    {1} = {0} * 3 + 1\n    for i in range(7):\n        {1} -= i / ({0} + 2)\n"
    )
    code = {"a": body.format("x", "y"), "b": body.format("u", "v"), "c": "print(sum([4, 5, 6, 7]))"}
    pairs = similarity.similar({k: stub + v for k, v in code.items()}, stub)
    assert (pairs[0].first, pairs[0].second) == ("a", "b") and pairs[0].share > 0.9
    assert all("c" not in (p.first, p.second) or p.share < 0.5 for p in pairs)
    page = similarity.write_page(NAME, _copy(desk, tmp_path)).read_text()
    assert "student0000" in page and similarity.REFERENCE in page
    assert "http" not in page.split("<h2>")[0] and "src=" not in page


def test_statistics():
    points = {"a": 10.0, "b": 5.0, "c": 5.0}
    earned = [{"a": 10.0, "b": 5.0}, {"a": 0.0, "b": 0.0}, {"a": 10.0, "b": 5.0}]
    a, b, c = task_statistics(points, earned, [("a", "sum"), ("a", "sum"), ("a", "mean")])
    assert (a.difficulty, a.discrimination) == (pytest.approx(2 / 3), pytest.approx(1))
    assert (a.misconception, a.misconceptions, b.misconception) == ("sum", 2, "")
    assert (c.students, c.difficulty, c.discrimination) == (0, None, None)


def test_text_is_cleaned_before_anyone_reads_it():
    assert clean("a\x1b[31mred\x1b[0m\x07\u202eb\ud800") == "ared" + "\ufffd\ufffdb\ufffd"
    assert clean("10%\r50%\r100%\r\nnext\ttab") == "100%\nnext\ttab"


@pytest.mark.parametrize(("given", "meant"), [("ps2", NAME), (NAME, NAME)])
def test_short_names(given, meant):
    assert run.full_name(given) == meant
    with pytest.raises(ValueError, match="no assignment"):
        run.full_name("ps99")


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _copy(desk, tmp_path):
    return shutil.copytree(desk, tmp_path / "desk")


def _result(desk, student):
    kept = desk / "autograded" / student / NAME / ".recorded.json"
    return json.loads(kept.read_text())["result"]
