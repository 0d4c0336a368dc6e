"""Every hostile submission, through skeleton and exam: no gain, no leak, no trace, no survivor.

What the candidate is sent is recorded on the examiner's end of the wire, so that a hidden test or
an expected value on its way there would be seen, whatever the candidate does with it.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import secrets
import struct
import time
from dataclasses import asdict, dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from grading import assignments
from grading.candidate.sandbox import Zygote, available
from grading.examiner.exam import Exam
from grading.feedback import CleanFeedback
from grading.grade import examiner_cells, reference_cells, runs_in_candidate
from grading.skeleton import rebuild
from mbrl_lib.checks.cells import code_cells
from tests.grading import corpus

pytestmark = pytest.mark.skipif(not available(), reason="no sandbox can be had here")

SUBMISSIONS = corpus.hostile()
MARK = f"canary{secrets.token_hex(8)}"  # stands in every hidden test, and nowhere else
NUMBER = 2718.281828 + secrets.randbelow(10**6)  # an expected value that the hidden tests hold
KEY = f"key{secrets.token_hex(8)}"
NEIGHBOUR = f"neighbour{secrets.token_hex(8)}"  # in a file and in the environment of this process
SECONDS, ALL_SECONDS = 2.5, 6.0
TOUCHED = "touched-by-a-student"


class Tapped:
    """A connection that remembers what was sent through it."""

    def __init__(self, connection, sent):
        self._connection, self._sent = connection, sent

    def sendall(self, data):
        self._sent.append(bytes(data))
        self._connection.sendall(data)

    def __getattr__(self, name):
        return getattr(self._connection, name)


@dataclass
class Outcome:
    """What came of one submission."""

    score: float
    sent: bytes
    report: object
    notebook: nbformat.NotebookNode
    findings: list[str]

    @property
    def returned(self):
        """All that goes back to the student or stays on file."""
        return json.dumps(asdict(self.report)) + " ".join(self.findings)


@pytest.fixture(scope="module")
def zygotes(tmp_path_factory):
    """One zygote for each assignment, a secret on disk, and one in the environment."""
    with contextlib.ExitStack() as stack:
        path = Path("/var/tmp") / f"{NEIGHBOUR}.txt"
        path.write_text(NEIGHBOUR)
        stack.callback(path.unlink)
        os.environ["MBRL_NEIGHBOUR"] = NEIGHBOUR
        stack.callback(os.environ.pop, "MBRL_NEIGHBOUR")
        yield {
            name: stack.enter_context(Zygote(assignments.writes(assignments.read(name)), 970 + i))
            for i, name in enumerate(sorted({s.assignment for s in SUBMISSIONS}))
        }


def planted_cells(name):
    """The examiner's cells with a canary in every hidden test."""
    marker = "### BEGIN HIDDEN TESTS\n"
    canary = f"canary_text, canary_number = '{MARK}', torch.tensor({NUMBER!r}).double()  # {MARK}\n"
    return [
        replace(cell, source=cell.source.replace(marker, marker + canary))
        for cell in examiner_cells(name)
    ]


def grade(zygote, name, notebook, seconds=SECONDS, all_seconds=ALL_SECONDS):
    """The path of `grading.grade.grade_one`, without its cache."""
    made = rebuild(name, notebook)
    sources = [cell.source for cell in code_cells(made.notebook) if runs_in_candidate(cell)]
    sent = []

    @contextlib.contextmanager
    def candidate():
        with zygote.candidate() as connection:
            yield Tapped(connection, sent)

    right = reference_cells(name)
    report = Exam(candidate, sources, planted_cells(name), KEY, seconds, all_seconds, right).run()
    score = sum(v.points for v in report.verdicts if v.outcome == "correct")
    return Outcome(score, b"".join(sent), report, made.notebook, made.findings)


_honest: dict[str, float] = {}


def honest_score(zygote, submission):
    """What the honest wrong answer earns, by the same path."""
    notebook = submission.honest()
    known = json.dumps([submission.assignment, [cell.source for cell in notebook.cells]])
    if known not in _honest:
        _honest[known] = grade(zygote, submission.assignment, notebook, 30, 120).score
    return _honest[known]


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda s: s.name)
def test_it_gains_nothing_and_learns_nothing(zygotes, submission):
    name, zygote = submission.assignment, zygotes[submission.assignment]
    before, memory = _processes(), _peak(anew=True)
    came = grade(zygote, name, submission.notebook())
    assert _peak() - memory < 2 * 2**30, "its values fill the examiner's memory"
    assert came.score <= honest_score(zygote, submission)

    broken = [v for v in came.report.verdicts if v.outcome == "infrastructure"]
    assert not broken, "a student must not be able to make a submission ungradable"
    assert all(len(v.message) <= 20_000 for v in came.report.verdicts)
    assert len(came.returned) < 12_000_000

    for secret in (MARK, KEY, NEIGHBOUR, "BEGIN HIDDEN", "root:x:"):
        assert secret.encode() not in came.sent, f"{secret} went to the candidate"
        assert secret not in came.returned, f"{secret} goes back to the student"
    for form in ("<d", "<f"):
        assert struct.pack(form, NUMBER) not in came.sent
    assert f"{NUMBER:.2f}"[:-1] not in came.returned

    _same_structure(name, came.notebook)
    assert not _traces(), "something was written outside the scratch space"
    deadline = time.monotonic() + 30
    while _processes() - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _processes() - before, "something outlives its grading"


def test_the_next_submission_is_graded_as_ever(zygotes):
    for name, zygote in zygotes.items():
        right = corpus.Submission("reference", name, "", wrong=False).notebook()
        came = grade(zygote, name, right, seconds=30, all_seconds=60)
        assert all(v.outcome == "correct" for v in came.report.verdicts), name
        assert came.report.restarts == 0


def test_candidates_leave_nothing_to_each_other(zygotes):
    for submission in SUBMISSIONS:
        if submission.name in ("keyring", "marks_for_the_next", "next_reads", "vsock"):
            for _ in range(2):
                zygote = zygotes[submission.assignment]
                came = grade(zygote, submission.assignment, submission.notebook())
                for words in ("neighbour answers", "could mark", "could write"):
                    assert words not in came.returned, submission.name


def test_no_page_holds_a_script(zygotes):
    """Neither the feedback nor what an instructor sees who grades by hand."""
    for submission in SUBMISSIONS:
        if "script" not in submission.effect and "<script>" not in submission.row:
            continue
        came = grade(zygotes[submission.assignment], submission.assignment, submission.notebook())
        for page in (page_of(graded(came)), feedback_page(came)):
            found = _Scripts()
            found.feed(page)
            assert not found.evil, submission.name


class _Scripts(HTMLParser):
    """What a browser would run of a page."""

    def __init__(self):
        super().__init__()
        self.evil = []

    def handle_starttag(self, tag, attributes):
        runs = [(k, v) for k, v in attributes if k.startswith("on") or "javascript:" in (v or "")]
        runs += [(k, v) for k, v in attributes if k == "style" and "hostile" in (v or "")]
        if runs or tag in ("script", "iframe", "object", "embed"):
            self.evil.append((tag, runs))


def graded(came):
    """The autograded notebook: the verdicts written as outputs."""
    from grading import nbgrader_steps

    verdicts = {v.id: v for v in came.report.verdicts}
    runs = iter(came.report.runs)
    notebook = copy.deepcopy(came.notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, described in zip(cells, code_cells(notebook), strict=True):
        if described.is_test:
            cell.outputs = nbgrader_steps._verdict_outputs(verdicts[described.id])
        elif runs_in_candidate(described):
            cell.outputs = nbgrader_steps._run_outputs(next(runs))
    return notebook


def page_of(notebook):
    """As nbgrader's formgrader and its feedback show it."""
    return HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]


def feedback_page(came):
    """The page that the student gets."""
    return page_of(CleanFeedback().preprocess(graded(came), {})[0])


def test_rows_of_the_table_are_covered():
    rows = {s.row for s in SUBMISSIONS}
    assert len(SUBMISSIONS) >= 60
    for words in (
        "AST transformer", "input transformer", "__eq__", "displayhook", "In[-1]", "torch.allclose",
        "do_execute", "solution: false", "pre_run_cell", "gradebook.db", "NBGRADER_EXECUTION",
        "os._exit", "<script>", "re-marked", "symbolic links", "beyond",
    ):  # fmt: skip
        assert any(words in row for row in rows), words


def _same_structure(name, notebook):
    """Ids, roles, points and test cells are those of the release, whatever was handed in."""
    released = nbformat.read(assignments.RELEASED / name / f"{name}.ipynb", as_version=4)
    ours = [c for c in notebook.cells if not c.metadata.get("mbrl_helper")]
    assert [c.id for c in ours] == [c.id for c in released.cells]
    for mine, theirs in zip(ours, released.cells, strict=True):
        assert mine.metadata == theirs.metadata and mine.cell_type == theirs.cell_type
        if not theirs.metadata.get("nbgrader", {}).get("solution"):
            assert mine.source == theirs.source


def _traces():
    places = [
        Path("/var/tmp"),
        Path("/tmp"),
        Path.home(),
        assignments.ROOT,
        Path("/usr"),
        Path("/"),
    ]
    places += [assignments.ROOT / n for n in ("gradebook", "results", "_build")]
    return [place / TOUCHED for place in places if (place / TOUCHED).exists()]


def _peak(anew=False):
    """The most memory that this process has had since it was last asked anew, in bytes."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def _processes():
    """Processes that students' code marked as its own."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if re.match(rb"outlives-its-grading", words):
                found.add(pid)
    return found
