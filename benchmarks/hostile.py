"""The hostile corpus against both graders: ours, where nothing may gain, and stock nbgrader.

Under stock nbgrader every submission runs in one kernel with its grader's rights. To keep the
machine whole, that grader is itself put into bubblewrap, without a network, in a course folder of
its own, under limits on memory and processes; what the submission achieves is judged inside.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from tqdm import tqdm

from benchmarks.evidence import ROOT, record
from benchmarks.hostile_inside import COURSE, SECONDS, STUDENT
from grading import assignments
from grading.candidate.sandbox import Zygote, _bubblewrap, _Cgroup
from tests.grading import corpus, test_hostile

COMMAND = "make bench only=hostile"
CELL_SECONDS = 10  # what a cell may take under stock nbgrader
NEIGHBOUR = test_hostile.NEIGHBOUR
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "mbrl"
c.Execute.timeout = {CELL_SECONDS}
c.Execute.skip_cells_with_tag = "demo"
c.OverwriteCells.add_missing_cells = True
"""


def run() -> None:
    """The three rows about hostile submissions, and the one about honest ones."""
    submissions = corpus.hostile()
    scores = _our_scores(submissions)
    gained = [s.name for s in submissions if scores[s.name][0] > scores[s.name][1]]
    print(f"gained: {gained}")
    lost = _honest_lost()
    print(f"honest that lost: {lost}")
    tried = [s for s in submissions if not s.effect.startswith("none")]
    stock = under_stock(tried, {name: honest for name, (_, honest) in scores.items()})
    for submission in tried:
        print(f"  {submission.name}: {', '.join(stock[submission.name]) or '-'}")
    succeeded = [name for name, effects in stock.items() if effects]
    record(
        "hostile_submissions",
        "hostile submissions on file, over all rows of the threat table and beyond",
        ">= 60", len(submissions), "submissions", COMMAND,
    )  # fmt: skip
    record(
        "hostile_that_gained",
        "hostile submissions that score more than the honest wrong answer that they hide",
        "= 0", len(gained), "submissions", COMMAND,
    )  # fmt: skip
    record(
        "hostile_that_gain_under_stock",
        "hostile submissions that achieve under stock nbgrader what they say: points above the "
        "honest wrong answer, a hidden test or another's file read, something written or left "
        "running outside their folder, a script in the feedback, or a grading that breaks",
        ">= 45", len(succeeded), "submissions", COMMAND, packages=("nbgrader",),
    )  # fmt: skip
    record(
        "honest_that_lost",
        "honest submissions on file (warnings, prints, plots, NumPy, threads, ...) that lose a "
        "point under the split grader",
        "= 0", len(lost), "submissions", COMMAND,
    )  # fmt: skip


def _zygotes(stack: contextlib.ExitStack) -> dict[str, Zygote]:
    return {
        name: stack.enter_context(Zygote(assignments.writes(assignments.read(name)), 960 + i))
        for i, name in enumerate(assignments.names())
    }


def _our_scores(submissions: list[corpus.Submission]) -> dict[str, tuple[float, float]]:
    """By the split grader: what each submission earns, and the honest answer behind it."""
    with contextlib.ExitStack() as stack:
        zygotes = _zygotes(stack)
        return {
            s.name: (
                test_hostile.grade(zygotes[s.assignment], s.assignment, s.notebook()).score,
                test_hostile.honest_score(zygotes[s.assignment], s),
            )
            for s in tqdm(submissions, desc="hostile, split grader")
        }


def _honest_lost() -> list[str]:
    with contextlib.ExitStack() as stack:
        zygotes = _zygotes(stack)
        lost = []
        for s in tqdm(corpus.honest(), desc="honest"):
            came = test_hostile.grade(zygotes[s.assignment], s.assignment, s.notebook(), 30, 120)
            if any(verdict.outcome != "correct" for verdict in came.report.verdicts):
                lost.append(s.name)
        return lost


def under_stock(
    submissions: list[corpus.Submission], honest: dict[str, float]
) -> dict[str, list[str]]:
    """What each submission achieves under stock nbgrader, of the effects that its file names."""
    with tempfile.TemporaryDirectory() as folder:
        template = _template(Path(folder))

        def judge(submission: corpus.Submission) -> list[str]:
            came = _run_stock(template, Path(folder), submission)
            came["gain"] = came["score"] is not None and came["score"] > honest[submission.name]
            short = came["score"] is None or came["score"] < honest[submission.name]
            came["crash"] = came["failed"] or short
            named = submission.effect.split(" (")[0].split(" or ")
            return [effect for effect in named if came.get(effect)]

        with ThreadPoolExecutor(2) as pool:
            found = list(
                tqdm(pool.map(judge, submissions), total=len(submissions), desc="hostile, stock")
            )
    return dict(zip((s.name for s in submissions), found, strict=True))


def _template(folder: Path) -> Path:
    """A course folder with the assignments released and one other student's work in it."""
    course = folder / "template"
    for name in assignments.names():
        (course / "source" / name).mkdir(parents=True)
        notebook = assignments.read(name)
        for cell in notebook.cells:
            marker = "### BEGIN HIDDEN TESTS\n"
            cell.source = cell.source.replace(
                marker, f"{marker}canary_text, canary_number = '{test_hostile.MARK}', 1.0\n"
            )
        nbformat.write(notebook, course / "source" / name / f"{name}.ipynb")
        neighbour = course / "submitted" / "neighbour" / name / f"{name}.ipynb"
        neighbour.parent.mkdir(parents=True)
        other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(NEIGHBOUR)])
        nbformat.write(other, neighbour)
    (course / "nbgrader_config.py").write_text(CONFIG)
    for name in assignments.names():
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", name, "--create", "--force"],
            cwd=course, env=assignments.environment(), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"nbgrader generate_assignment failed:\n{done.stderr[-2000:]}")
    return course


class _Bounds(_Cgroup):
    MEMORY, PROCESSES = 4 * 2**30, 300


def _run_stock(template: Path, folder: Path, submission: corpus.Submission) -> dict[str, Any]:
    course = folder / submission.name
    shutil.copytree(template, course)
    place = course / "submitted" / STUDENT / submission.assignment
    place.mkdir(parents=True)
    nbformat.write(submission.notebook(), place / f"{submission.assignment}.ipynb")
    bounds = _Bounds(f"mbrl-stock-{os.getpid()}-{submission.name}")
    view = ["--ro-bind", "/", "/", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"]
    command = [
        *_bubblewrap(), *view, "--bind", str(course), str(COURSE), "--proc", "/proc",
        "--dev", "/dev", "--chdir", str(COURSE), "--",
        sys.executable, "-m", "benchmarks.hostile_inside", submission.assignment,
    ]  # fmt: skip
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT),
        "HOME": "/tmp/home", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8", "MPLBACKEND": "agg",
        "MBRL_NEIGHBOUR": NEIGHBOUR, "MBRL_MARK": test_hostile.MARK,
    }  # fmt: skip

    def enter() -> None:
        bounds.enter()
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**30, 2**30))
        os.nice(5)

    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True, preexec_fn=enter,
    )  # fmt: skip
    try:
        _, said = process.communicate(timeout=SECONDS + 60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        _, said = process.communicate()
    outcome = course / "outcome.json"
    came = json.loads(outcome.read_text()) if outcome.exists() else {"failed": True, "score": None}
    came["said"] = said[-300:].decode("utf-8", "replace")
    bounds.remove()
    shutil.rmtree(course, ignore_errors=True)
    return came
