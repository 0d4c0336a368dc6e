"""The evidence file: well formed, honest about what holds, and the cheap rows rerun."""

import re

import pytest

from benchmarks import evidence, graders
from benchmarks.run import BENCHES, main

ROWS = evidence.read()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_rows_are_well_formed_and_say_truly_whether_they_hold(row):
    assert tuple(row) == evidence.FIELDS
    met = evidence.holds(row["target"], row["measured"])
    assert row["holds"] is met or (not row["holds"] and "must" in row["what"]), (
        "a further condition"
    )
    assert re.fullmatch(r"make (bench|results) only=\w+", row["command"])
    group = "minutes" if " bench " in row["command"] else "hours"
    assert row["command"].split("=")[1] in BENCHES[group], "the command must exist"
    assert row["what"] and row["machine"] and re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])


def test_rows_are_there_once_and_in_order():
    ids = [row["id"] for row in ROWS]
    assert ids == sorted(set(ids))


def test_right_variants_row_is_what_its_command_measures():
    row = next(row for row in ROWS if row["id"] == "graders_right_variants_passed")
    assert graders.right_variants() == row["measured"]


def test_targets_are_read_as_they_are_written():
    assert evidence.holds(">= 9", 9)
    assert not evidence.holds("> 9", 9)
    assert evidence.holds("<= 1e-6", 1e-7)
    assert not evidence.holds("= 0", 1)
    with pytest.raises(ValueError, match="reads like"):
        evidence.holds("about 9", 9)


def test_recording_replaces_only_its_own_row(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "PATH", tmp_path / "results" / "evidence.json")
    for measured in (1.0, 2.0):
        evidence.record("b", "what", ">= 2", measured, "unit", "make bench only=b")
    evidence.record("a", "what", "= 0", 0.0, "unit", "make bench only=a", seeds=[1, 2])
    assert [(r["id"], r["measured"], r["holds"]) for r in evidence.read()] == [
        ("a", 0.0, True),
        ("b", 2.0, True),
    ]


def test_a_row_holds_only_if_its_further_condition_does(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "PATH", tmp_path / "results" / "evidence.json")
    for provided in (True, False):
        row = evidence.record("a", "w", "> 0", 1.0, "unit", "make bench only=a", provided=provided)
        assert row["holds"] is provided


@pytest.mark.parametrize("arguments", [[], ["days"], ["minutes", "nothing"]])
def test_unknown_bench_is_named(arguments, capsys):
    assert main(arguments) == 2
    assert "graders" in capsys.readouterr().err
