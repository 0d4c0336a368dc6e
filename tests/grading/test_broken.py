"""Broken submissions: the run goes on, each is named, and only the test concerned is lost."""

import re

from grading import assignments
from grading.candidate.sandbox import Zygote
from tests.grading.broken.cases import CASES, NAME
from tests.grading.broken.run import grade, take_in


def test_there_are_enough():
    assert len(CASES) >= 20 and len({case.name for case in CASES}) == len(CASES)


def test_a_class_of_broken_submissions_between_honest_ones(tmp_path, subtests):
    outcomes, full = take_in(CASES, tmp_path), 0
    with Zygote(assignments.writes(assignments.read(NAME)), worker=930) as zygote:
        for outcome in grade(outcomes, tmp_path / "desk", zygote):
            case = outcome.case
            with subtests.test(case.name if case else "honest", student=outcome.student):
                assert not outcome.stopped, outcome.stopped
                if case is None:
                    assert outcome.gradable and not outcome.told and not outcome.lost
                    full += len(outcome.verdicts) == 6
                    continue
                assert re.search(case.says, "\n".join(outcome.told)), outcome.told
                assert outcome.gradable == (case.lost is not None), outcome.told
                assert outcome.lost == set(case.lost or ()), outcome.verdicts
                found = {verdict.outcome for verdict in outcome.verdicts.values()}
                assert "infrastructure" not in found
    assert full >= 15, "honest ones behind those that lost something"
