"""Grading without a sandbox: whatever comes of it says so, until it is graded anew inside one.

The mark lies in the autograded notebook, which nbgrader replaces with every grading. Feedback, the
summary and the exports look for it there.
"""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode

BANNER = "TRUSTED: submissions were run without a sandbox, with the grader's own rights"
_KEY = "mbrl_trusted"  # in a notebook's metadata


def mark(notebook: NotebookNode) -> None:
    """Say in a notebook that it was run without a sandbox."""
    notebook.metadata[_KEY] = True


def is_marked(notebook: NotebookNode) -> bool:
    """Whether it was run without a sandbox."""
    return notebook.metadata.get(_KEY) is True


def was_trusted(desk: Path, name: str, student: str) -> bool:
    """Whether the last grading of a submission was without a sandbox."""
    path = desk / "autograded" / student / name / f"{name}.ipynb"
    data = path.read_bytes() if path.exists() else b""
    if _KEY.encode() not in data:  # of a whole class, few are read in full
        return False
    return json.loads(data)["metadata"].get(_KEY) is True
