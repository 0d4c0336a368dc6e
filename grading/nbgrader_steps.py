"""The two steps that nbgrader's autograde takes instead of its own; one more without a sandbox.

`Rebuild` comes before nbgrader puts its tests in, `SplitExecute` takes the place of running the
notebook. Verdicts are written as ordinary outputs, so nbgrader's own SaveAutoGrades reads them.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grading import assignments
from grading.examiner.exam import CellRun, Verdict
from grading.grade import grade_one, runs_in_candidate
from grading.skeleton import rebuild
from grading.trusted import BANNER, mark
from mbrl_lib.checks.cells import code_cells


def desk() -> Path:
    """The folder of the gradebook in use."""
    return Path(os.environ.get("MBRL_GRADEBOOK", assignments.ROOT / "gradebook")).resolve()


class Rebuild(NbGraderPreprocessor):
    """Start from the release notebook and take only the student's answers from the submission."""

    def preprocess(
        self, notebook: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """The rebuilt notebook; findings go to nbgrader's log."""
        made = rebuild(resources["nbgrader"]["assignment"], notebook)
        for finding in made.findings:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], finding)
        return made.notebook, resources


class SplitExecute(NbGraderPreprocessor):
    """The student's cells in a sandbox, the tests in the examiner, the verdicts as outputs."""

    def preprocess(
        self, notebook: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Fill in what every cell showed; a failed test is an error with its message."""
        info = resources["nbgrader"]
        report = grade_one(info["assignment"], notebook, info["student"], desk())
        verdicts = {verdict.id: verdict for verdict in report.verdicts}
        runs = iter(report.runs)
        sources = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, described in zip(sources, code_cells(notebook), strict=True):
            if described.is_test:
                cell.outputs = _verdict_outputs(verdicts[described.id])
            elif runs_in_candidate(described):
                cell.outputs = _run_outputs(next(runs))
        return notebook, resources


class MarkTrusted(NbGraderPreprocessor):
    """After nbgrader's own way, with MBRL_TRUSTED=1: say so in the log and in the notebook."""

    def preprocess(
        self, notebook: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """The same notebook, marked."""
        self.log.warning("%s: %s", resources["nbgrader"]["student"], BANNER)
        mark(notebook)
        return notebook, resources


def _verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    if verdict.outcome == "correct":
        return []
    name = "NotAttempted" if verdict.outcome == "not attempted" else "CheckFailed"
    return [_error(name, verdict.message)]


def _run_outputs(run: CellRun) -> list[NotebookNode]:
    outputs = []
    if run.text:
        outputs.append(nbformat.v4.new_output("stream", name="stdout", text=run.text))
    outputs += [nbformat.v4.new_output("display_data", data=data) for data in run.outputs if data]
    if run.error is not None:
        outputs.append(_error(*run.error))
    return outputs


def _error(name: str, message: str) -> NotebookNode:
    return nbformat.v4.new_output(
        "error", ename=name, evalue=message, traceback=[f"{name}: {message}"]
    )
