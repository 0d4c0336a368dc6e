"""The tests of an assignment are written once: one kernel and the split grader say the same.

The student's own check and stock nbgrader run a test cell beside the answers, the split grader in
another process; for an honest submission, right or wrong, every verdict is the same.
"""

import importlib

import pytest

from grading import assignments
from grading.candidate.sandbox import Zygote
from grading.examiner.exam import Exam
from grading.grade import examiner_cells, runs_in_candidate
from mbrl_lib.checks.cells import with_sources
from mbrl_lib.checks.outcomes import Outcome
from tests.assignments import proof

EVERY = 5  # of the wrong answers, so that the suite stays quick; the right ones all
NAMES = assignments.names()
CASES = [
    (name, variant)
    for name in NAMES
    for variant in [
        proof.Variant("reference", {}),
        *proof.variants(name, "right"),
        *proof.variants(name, "wrong")[::EVERY],
    ]
]


@pytest.fixture(scope="module")
def zygotes():
    made = {}

    def zygote(name):
        if name not in made:
            made[name] = Zygote(assignments.writes(assignments.read(name)), worker=900)
        return made[name]

    yield zygote
    for each in made.values():
        each.close()


@pytest.mark.parametrize(("name", "variant"), CASES, ids=lambda v: getattr(v, "name", v))
def test_split_grader_says_what_one_kernel_says(name, variant, zygotes):
    cells = with_sources(proof.cells(name), variant.sources)
    sources = [cell.source for cell in cells if runs_in_candidate(cell)]
    report = Exam(zygotes(name).candidate, sources, examiner_cells(name), "key").run()
    split = {v.id: v.outcome for v in report.verdicts}
    alone = {r.id: r.outcome.value for r in proof.run(name, variant.sources, key="key")}
    assert split == alone
    if not variant.tasks:
        assert set(split.values()) == {Outcome.CORRECT.value}


def test_an_exam_leaves_no_module_withheld_behind(zygotes):
    """The process goes on to other things: another assignment, the feedback, the next test."""
    name = NAMES[0]
    withheld = assignments.writes(assignments.read(name))
    Exam(zygotes(name).candidate, [], examiner_cells(name), "key").run()
    for module in withheld:
        assert importlib.import_module(module)
