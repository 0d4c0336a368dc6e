"""Stages: shares of a budget, what they cost, and that a killed run goes on."""

import io
import json
import subprocess
import sys
import time

import pytest
from rich.console import Console

from mbrl_lib.experiments import stages
from mbrl_lib.experiments.stages import Clock, Entry, Ledger, Stage, run_stages

QUIET = Console(quiet=True)


@pytest.mark.parametrize(("text", "expected"), [("90s", 90), ("30m", 1800), (" 1.5h ", 5400)])
def test_budgets(text, expected):
    assert stages.seconds(text) == expected


@pytest.mark.parametrize("text", ["30", "m", "-3m", "0h", "5d", "1e3s", ""])
def test_a_bad_budget_is_named(text):
    with pytest.raises(ValueError, match="like 30m"):
        stages.seconds(text)


def test_the_work_of_child_processes_is_counted():
    before = stages.cpu_seconds()
    subprocess.run([sys.executable, "-c", "while __import__('time').process_time() < 0.5: pass"])
    assert 0.45 < stages.cpu_seconds() - before < 2


def test_shares_pass_on_what_is_left_and_earlier_runs_count(tmp_path):
    shares = {}

    def stage(name):
        return Stage(name, lambda clock: shares.update({name: clock.share}), 1.0)

    ledger = Ledger(tmp_path)
    ledger.write("a", Entry(40.0, 1.0, finished=True))
    ledger.write("b", Entry(15.0))
    run_stages([stage("a"), stage("b"), stage("c")], tmp_path, 100.0, QUIET)
    assert "a" not in shares and shares["b"] == 30.0
    assert shares["c"] == pytest.approx(100 - 40 - 15, abs=1)
    assert all(entry["finished"] for entry in json.loads(ledger.path.read_text()).values())
    run_stages([stage("d")], tmp_path, None, QUIET)
    assert shares["d"] is None


def test_a_clock_ends_with_its_share_and_keeps_what_was_used(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write("a", Entry(10.0, 20.0))
    clock = Clock(ledger, "a", share=10.2)
    assert not clock.is_over
    began = time.process_time()
    while time.process_time() - began < 0.3:
        pass
    assert clock.is_over and clock.left < 0
    clock.note()
    kept = Ledger(tmp_path).entry("a")
    assert 10.25 < kept.cpu_seconds < 12 and kept.wall_seconds > 20.2 and not kept.finished
    assert Clock(ledger, "a").left == float("inf")


def test_a_stage_that_fails_is_not_finished_but_counted(tmp_path):
    def fail(clock):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        run_stages([Stage("a", fail, 1.0)], tmp_path, None, QUIET)
    entry = Ledger(tmp_path).entry("a")
    assert not entry.finished and entry.wall_seconds > 0
    ran = []
    run_stages([Stage("a", lambda clock: ran.append(1), 1.0)], tmp_path, None, QUIET)
    assert ran and Ledger(tmp_path).entry("a").finished


def test_the_table_names_every_stage(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write("collect", Entry(90.0, 60.0, finished=True))
    console = Console(record=True, file=io.StringIO())
    ledger.print(console)
    text = console.export_text()
    assert "collect" in text and "1.5" in text and "1.0" in text
