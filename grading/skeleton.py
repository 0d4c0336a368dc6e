"""A submission rebuilt: the release notebook with the student's answers in it, and nothing else.

Roles, points, ids, tests and order come from the release. Taken from the submission are only the
text of the answer cells, by id, with pictures pasted into them, and code cells of the student's
own, which stay where they stood. What a submission says about itself is not believed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from grading import assignments
from grading.reading import clean, without_html

_ROLES = ("grade", "solution", "locked", "points")


@dataclass
class Skeleton:
    """The rebuilt notebook, and what the student should be told about the submission."""

    notebook: NotebookNode
    findings: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # the answer cells that were there, by id


def rebuild(name: str, submitted: NotebookNode) -> Skeleton:
    """Put the answers of `submitted` into the release notebook of assignment `name`.

    Of an answer cell that is there twice the first counts that is not the stub. A lost, doubled or
    re-marked cell is reported, and is in the result as it was handed out. Raises
    `grading.reading.Unreadable` for what is no notebook.
    """
    reading = clean(submitted)
    path = assignments.RELEASED / name / f"{name}.ipynb"
    made = Skeleton(nbformat.read(path, as_version=4), list(reading.findings))
    released = {cell.id: cell for cell in made.notebook.cells}
    stubs = {i: cell.source for i, cell in released.items()}
    known_sources = set(stubs.values())
    answers = {i for i, cell in released.items() if _role(cell, "solution")}
    helpers: dict[str, list[NotebookNode]] = {}
    place = ""
    for cell in reading.notebook.cells:
        own_id = _grade_id(cell) or cell.id
        if own_id in answers:
            if cell.cell_type != released[own_id].cell_type:
                made.findings.append(f"answer cell {own_id} was turned into another kind of cell")
            elif released[own_id].source == stubs[own_id]:
                released[own_id].source = (
                    cell.source if cell.cell_type == "code" else without_html(cell.source)
                )
                if "attachments" in cell:
                    released[own_id].attachments = cell.attachments
                made.taken.append(own_id)
            place = own_id
        elif own_id in released:
            place = own_id
        elif cell.cell_type == "code" and cell.source not in known_sources:
            helpers.setdefault(place, []).append(_helper(cell.source))
    made.findings += _about_cells(released, reading.notebook.cells)
    made.notebook.cells = _interleave(made.notebook.cells, helpers)
    return made


def _about_cells(released: dict[str, NotebookNode], submitted: list[NotebookNode]) -> list[str]:
    """What happened to the cells that count: answers and tests."""
    findings = []
    found = [(_grade_id(cell) or cell.id, cell) for cell in submitted]
    counts = Counter(own_id for own_id, _ in found)
    for own_id, cell in released.items():
        if not _role(cell, "solution") and not _role(cell, "grade"):
            continue
        is_answer = _role(cell, "solution")
        kind, count = "answer" if is_answer else "test", counts[own_id]
        if not count:
            outcome = "its task has no answer" if is_answer else "it was put back"
            findings.append(f"{kind} cell {own_id} is missing; {outcome}")
        elif count > 1:
            which = "the first that was worked on" if is_answer else "the one handed out"
            findings.append(f"{kind} cell {own_id} is there {count} times; {which} counts")
    first = list(dict.fromkeys(own_id for own_id, _ in found if own_id in released))
    if first != [own_id for own_id in released if own_id in first]:
        findings.append("cells stand in another order; they were run in the order handed out")
    for own_id, cell in found:
        wanted = released[own_id].metadata.get("nbgrader") if own_id in released else None
        marks = cell.metadata.get("nbgrader")
        if wanted and marks and any(marks.get(r) != wanted.get(r) for r in _ROLES):
            findings.append(f"cell {own_id} was re-marked; its marks were put right")
    return findings


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
    found = cell.metadata.get("nbgrader", {}).get("grade_id")
    return found if isinstance(found, str) else ""


def _role(cell: NotebookNode, role: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(role))
