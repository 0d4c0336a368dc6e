"""The graders prove themselves: every variant of every assignment through its own checks."""

from __future__ import annotations

import re

import pytest

from grading import assignments
from mbrl_lib.checks.cells import code_cells
from mbrl_lib.checks.outcomes import Outcome
from tests.assignments import mutants, proof

NAMES = assignments.names()
WRONG = [(name, v) for name in NAMES for v in proof.variants(name, "wrong")]
RIGHT = [(name, v) for name in NAMES for v in proof.variants(name, "right")]
SEEDS = 5


def identify(value: object) -> str:
    return value.name if isinstance(value, proof.Variant) else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_points_add_up_to_100_with_a_written_question(name: str) -> None:
    cells = assignments.read(name).cells
    graded = [c.metadata["nbgrader"] for c in cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert sum(meta["points"] for meta in graded) == 100
    assert [m for m in graded if m["solution"]], "one question must be graded by hand"


@pytest.mark.parametrize("key", [f"student-{i}" for i in range(SEEDS)])
@pytest.mark.parametrize("name", NAMES)
def test_reference_passes_whatever_the_key(name: str, key: str) -> None:
    failed = {r.id: r.message for r in proof.run(name, key=key) if r.outcome is not Outcome.CORRECT}
    assert not failed


@pytest.mark.parametrize("name", NAMES)
def test_untouched_release_is_not_attempted_everywhere(name: str) -> None:
    import nbformat

    released = nbformat.read(assignments.RELEASED / name / f"{name}.ipynb", as_version=4)
    empty = {c.id: c.source for c in code_cells(released) if c.is_solution}
    outcomes = {r.id: r.outcome for r in proof.run(name, empty)}
    assert set(outcomes.values()) == {Outcome.NOT_ATTEMPTED}, outcomes


@pytest.mark.parametrize(("name", "variant"), WRONG, ids=identify)
def test_wrong_answer_loses_at_its_task_with_its_message(name: str, variant: proof.Variant) -> None:
    results = proof.run(name, variant.sources)
    failed = {r.id: r.message for r in results if r.outcome is not Outcome.CORRECT}
    assert set(failed) == set(variant.tasks), failed
    assert variant.message, "a wrong answer's file names the message meant for it"
    for message in failed.values():
        assert re.search(variant.message, message, re.IGNORECASE), message


@pytest.mark.parametrize(("name", "variant"), RIGHT, ids=identify)
def test_right_answer_written_another_way_passes(name: str, variant: proof.Variant) -> None:
    results = proof.run(name, variant.sources)
    assert not {r.id: r.message for r in results if r.outcome is not Outcome.CORRECT}


@pytest.mark.parametrize("name", NAMES)
def test_enough_variants_over_all_tasks(name: str) -> None:
    wrong, right = proof.variants(name, "wrong"), proof.variants(name, "right")
    tasks = {cell.id for cell in proof.cells(name) if cell.is_test}
    assert len(wrong) >= 15 and len(right) >= 3
    assert tasks <= {task for variant in wrong for task in variant.tasks}


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_is_killed_or_argued_equivalent(name: str) -> None:
    argued = mutants.equivalent(name)
    found = mutants.mutants(name)
    assert set(argued) <= {(m.cell, m.change) for m in found}, "an argued mutant no longer exists"
    survivors = [
        m for m in found if (m.cell, m.change) not in argued and not mutants.killed(name, m)
    ]
    assert not survivors, "\n".join(f"{m.cell}: {m.change}" for m in survivors)
