"""The notebooks among what one student handed in."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grading import assignments, reading
from grading.ingest.archives import Budget, bomb, files_in_zip
from grading.ingest.claims import is_junk
from grading.ingest.kinds import Claim, File, Handed, Limits, Line, Refused
from grading.skeleton import rebuild

_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True)
class Candidate:
    """A notebook that could be a student's submission."""

    rank: tuple[Any, ...]
    called: str  # where it was not called as it was handed out
    source: str
    read: reading.Reading
    claim: Claim


def find_notebooks(
    name: str, handed: Handed, limits: Limits = Limits()
) -> tuple[list[Candidate], list[Line]]:
    """All notebooks among what a student handed in that hold this assignment, and the rest."""
    budget = Budget(limits)
    found: list[Candidate] = []
    lines: list[Line] = []
    waiting = [(parts, file, 0) for parts, file in handed.files]
    while waiting:
        parts, file, depth = waiting.pop(0)
        if any(map(is_junk, parts)):
            continue
        try:
            suffix = Path(parts[-1]).suffix.lower()
            if suffix == ".zip":
                if depth >= limits.depth:
                    raise bomb("zips within zips within zips")
                archive = io.BytesIO(file.read(limits.archive))
                inner = files_in_zip(archive, budget, f"{file.within}{'/'.join(file.parts)}/")
                waiting[:0] = [(each.parts, each, depth + 1) for each in inner]
            elif suffix == ".ipynb":
                found.append(_candidate(name, parts[-1], file, handed.claim, limits))
            elif file.refused is not None:
                raise file.refused
            else:
                raise _no_notebook(name, suffix)
        except Refused as refused:
            tell = (refused.tell,) if refused.tell else ()
            lines.append(Line("refused", "", file.shown, refused.why, tell))
    return found, lines


def _no_notebook(name: str, suffix: str) -> Refused:
    if suffix in _ARCHIVES:
        return Refused("a kind of archive that is not read", "Hand in the notebook, or a zip.")
    return Refused("no notebook", f"Hand in {name}.ipynb.")


def _candidate(name: str, called: str, file: File, claim: Claim, limits: Limits) -> Candidate:
    data = file.read(limits.notebook)
    try:
        read = reading.read(data)
        made = rebuild(name, read.notebook)
    except reading.Unreadable as error:
        raise Refused("no notebook that can be read", f"{name}.ipynb: {error}") from None
    if not made.taken:
        other = _which(read.notebook)
        if other and other != name:
            raise Refused(
                f"this is the notebook of {other}",
                f"The notebook of {other} was handed in: hand in {name}.ipynb.",
            )
        what = f"it holds no answer cell of {name}"
        raise Refused(what, f"{name}.ipynb: {what}. Was another notebook handed in?")
    exact = re.fullmatch(rf"{re.escape(name)}(?:-(\d{{1,6}}))?\.ipynb", called)
    attempt = int(exact[1] or 0) if exact else 0
    when = claim.submitted.timestamp() if claim.submitted else 0.0
    rank = (bool(exact), when, attempt, file.modified, file.shown)
    return Candidate(rank, called if not exact else "", file.shown, read, claim)


def _which(notebook: nbformat.NotebookNode) -> str:
    """The assignment that most of a notebook's marked cells belong to, if any."""
    marked = {c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells} - {None}
    for other in assignments.names() if marked else ():
        path = assignments.RELEASED / other / f"{other}.ipynb"
        if path.exists() and marked & {c.id for c in nbformat.read(path, as_version=4).cells}:
            return other
    return ""
