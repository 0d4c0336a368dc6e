"""Every honest submission, through skeleton and exam, keeps all its points."""

from __future__ import annotations

import contextlib

import pytest

from grading import assignments
from grading.candidate.sandbox import Zygote, available
from tests.grading import corpus
from tests.grading.test_hostile import feedback_page, grade

pytestmark = pytest.mark.skipif(not available(), reason="no sandbox can be had here")

SUBMISSIONS = corpus.honest()


@pytest.fixture(scope="module")
def zygotes():
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(Zygote(assignments.writes(assignments.read(name)), 980 + i))
            for i, name in enumerate(sorted({s.assignment for s in SUBMISSIONS}))
        }


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda s: s.name)
def test_it_loses_nothing(zygotes, submission):
    zygote = zygotes[submission.assignment]
    came = grade(zygote, submission.assignment, submission.notebook(), 30, 120)
    assert {v.id: v.message for v in came.report.verdicts if v.outcome != "correct"} == {}
    assert came.report.restarts == 0
    assert feedback_page(came)


def test_there_are_enough():
    assert len(SUBMISSIONS) >= 20
