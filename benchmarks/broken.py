"""A class of broken submissions, each between honest ones: does any of them stop a run?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tqdm import tqdm

from benchmarks.evidence import record
from grading import assignments
from grading.candidate.sandbox import Zygote


def run() -> None:
    """Count those that stop the run, go unnamed, or cost an honest one points."""
    from tests.grading.broken.cases import CASES, NAME
    from tests.grading.broken.run import grade, take_in

    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outcomes = take_in(CASES, folder)
        with Zygote(assignments.writes(assignments.read(NAME)), worker=940) as zygote:
            graded = grade(outcomes, folder / "desk", zygote, all_honest=True)
            for outcome in tqdm(graded, total=len(outcomes), desc="broken submissions"):
                unnamed = outcome.case is not None and not outcome.gradable and not outcome.told
                robbed = outcome.case is None and (not outcome.verdicts or bool(outcome.lost))
                if outcome.stopped or unnamed or robbed:
                    bad += 1
                    print(f"broken: {outcome.case and outcome.case.name}: {outcome}")
    record(
        "broken_that_stopped_a_run",
        f"of {len(CASES)} broken submissions, each between honest ones, those that stopped the "
        "run, could not be graded without saying why, or cost an honest one points",
        "= 0", bad, "submissions", "make bench only=broken",
    )  # fmt: skip
