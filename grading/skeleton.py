"""A submission rebuilt: the release notebook with the student's answers in it, and nothing else.

Roles, points, ids, tests and order come from the release. Taken from the submission are only the
text of the answer cells, by id, and code cells of the student's own, which stay where they stood.
What a submission says about itself is not believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from grading import assignments


@dataclass
class Skeleton:
    """The rebuilt notebook, and what the student should be told about the submission."""

    notebook: NotebookNode
    findings: list[str] = field(default_factory=list)


def rebuild(name: str, submitted: NotebookNode) -> Skeleton:
    """Put the answers of `submitted` into the release notebook of assignment `name`.

    A missing answer cell leaves the stub; of a doubled one the first counts; both are reported.
    """
    path = assignments.RELEASED / name / f"{name}.ipynb"
    made = Skeleton(nbformat.read(path, as_version=4))
    released = {cell.id: cell for cell in made.notebook.cells}
    known_sources = {cell.source for cell in made.notebook.cells}
    answers = {i for i, cell in released.items() if _role(cell, "solution")}
    seen: set[str] = set()
    helpers: dict[str, list[NotebookNode]] = {}
    place = ""
    for cell in submitted.cells:
        own_id = _grade_id(cell) or str(cell.get("id", ""))
        if own_id in answers:
            if own_id in seen:
                made.findings.append(f"answer cell {own_id} is there twice; the first counts")
            elif cell.cell_type != released[own_id].cell_type:
                made.findings.append(f"answer cell {own_id} was turned into another kind of cell")
            else:
                released[own_id].source = cell.source
                seen.add(own_id)
                place = own_id
        elif own_id in released:
            place = own_id
        elif cell.cell_type == "code" and cell.source not in known_sources:
            helpers.setdefault(place, []).append(_helper(cell.source))
    made.findings += [f"answer cell {i} is missing" for i in sorted(answers - seen)]
    made.notebook.cells = _interleave(made.notebook.cells, helpers)
    return made


def _interleave(
    cells: list[NotebookNode], helpers: dict[str, list[NotebookNode]]
) -> list[NotebookNode]:
    """The release's cells, each followed by the helpers that stood behind it."""
    merged = list(helpers.get("", []))
    for cell in cells:
        merged += [cell, *helpers.get(cell.id, [])]
    for number, cell in enumerate(merged):
        if cell.metadata.get("mbrl_helper"):
            cell.id = f"helper-{number}"
    return merged


def _helper(source: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"mbrl_helper": True})


def _grade_id(cell: NotebookNode) -> str:
    meta = cell.get("metadata", {}).get("nbgrader")
    found = meta.get("grade_id") if isinstance(meta, dict) else None
    return found if isinstance(found, str) else ""


def _role(cell: NotebookNode, role: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(role))
