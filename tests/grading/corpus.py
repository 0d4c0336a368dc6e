"""Submissions on file: hostile ones and honest ones, each a short Python file.

    '''What it does, in a sentence.

    assignment: ps2_random_shooting
    row: which row of the threat table (grading's README), or "beyond"
    hides: the honest wrong answer behind it, when it is not the usual one
    effect: what it achieves where tests and student share a kernel
    '''
    # %% ps2-rollout            replaces the answer cell of this id
    # %% helper                 a cell of the student's own, behind the setup cell
    # %% helper first           before everything
    # %% helper after ps2-cem   behind that cell
    # %% honest ps2-rollout     the same answer without the trick; helpers and tampering left out
    # %% tamper                 defines tamper(notebook), which changes the submitted notebook

Answers that a hostile file does not replace come from `hostile/hides/ASSIGNMENT.py`, an honest
notebook with one task right and common mistakes in the others; those of an honest file from the
reference.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading import assignments

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Submission:
    """One file of the corpus."""

    name: str
    assignment: str
    story: str
    row: str = ""
    effect: str = ""
    wrong: bool = True  # its other answers are wrong ones
    parts: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def notebook(self) -> NotebookNode:
        """What is handed in."""
        return self._build(self._answers(honest=False), tricks=True)

    def honest(self) -> NotebookNode:
        """The honest notebook that it hides: the same answers without the trick."""
        return self._build(self._answers(honest=True), tricks=False)

    def _answers(self, honest: bool) -> dict[str, str]:
        answers = dict(wrong_answers(self.assignment) if self.wrong else reference(self.assignment))
        for label, source in self.parts:
            if not label.startswith(("helper", "honest", "tamper")) and not (honest and self.wrong):
                answers[label] = source
        if honest:
            answers |= {k.removeprefix("honest "): s for k, s in self.parts if k[:6] == "honest"}
        return answers

    def _build(self, answers: dict[str, str], tricks: bool) -> NotebookNode:
        path = assignments.RELEASED / self.assignment / f"{self.assignment}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        unknown = set(answers)
        for cell in notebook.cells:
            if _id(cell) in answers:
                cell.source = answers[_id(cell)].strip("\n")
                unknown.discard(_id(cell))
        if unknown:
            raise ValueError(f"{self.name}: no cell has the id {unknown}")
        if tricks:
            self._add_helpers(notebook)
            for label, source in self.parts:
                if label == "tamper":
                    space: dict[str, Any] = {}
                    exec(source, space)
                    notebook = space["tamper"](notebook) or notebook
        return notebook

    def _add_helpers(self, notebook: NotebookNode) -> None:
        setup = next(_id(c) for c in notebook.cells if _id(c).endswith("-setup"))
        for label, source in reversed(self.parts):
            if not label.startswith("helper"):
                continue
            where = label.removeprefix("helper").strip()
            behind = where.removeprefix("after ") or setup
            position = 0
            if where != "first":
                position = 1 + next(i for i, c in enumerate(notebook.cells) if _id(c) == behind)
            notebook.cells.insert(position, nbformat.v4.new_code_cell(source.strip("\n")))


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


@cache
def reference(name: str) -> dict[str, str]:
    """The reference answers to code tasks, by cell id."""
    return {
        _id(cell): "\n".join(line for line in cell.source.splitlines() if "### " not in line)
        for cell in assignments.read(name).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


@cache
def wrong_answers(name: str) -> dict[str, str]:
    """The honest wrong answers of `hostile/hides/`."""
    return dict(_parts(HERE / "hostile" / "hides" / f"{name}.py"))


def _parts(path: Path) -> list[tuple[str, str]]:
    found = re.split(r"^# %% (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(found[1::2], found[2::2], strict=True))


def load(path: Path, wrong: bool) -> Submission:
    """Read one file. Raises `ValueError` when it does not say what it is."""
    story = ast.get_docstring(ast.parse(_without_parts(path))) or ""
    said = dict(re.findall(r"^(assignment|row|effect): *(.+)$", story, flags=re.MULTILINE))
    parts = _parts(path)
    if not parts or "assignment" not in said or (wrong and not {"row", "effect"} <= said.keys()):
        raise ValueError(f"{path} needs an assignment, a row, an effect, and '# %%' parts")
    return Submission(
        path.stem, said["assignment"], story.splitlines()[0], said.get("row", ""),
        said.get("effect", ""), wrong, tuple(parts),
    )  # fmt: skip


def _without_parts(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n# %% ")[0]


def hostile() -> list[Submission]:
    """All of `hostile/`."""
    return [load(path, wrong=True) for path in sorted((HERE / "hostile").glob("*.py"))]


def honest() -> list[Submission]:
    """All of `honest/`."""
    return [load(path, wrong=False) for path in sorted((HERE / "honest").glob("*.py"))]
