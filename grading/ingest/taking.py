"""All that is there, student by student."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grading import assignments
from grading.ingest.claims import from_system, handed_in
from grading.ingest.kinds import Handed, Limits, Line, Refused, shown
from grading.ingest.names import Roster
from grading.ingest.notebooks import Candidate, find_notebooks
from grading.ingest.writing import remember, write
from grading.precheck import DESK, read_ingested

_HARMLESS = ("no notebook", "an empty folder")


def ingest(
    name: str,
    paths: Sequence[Path],
    desk: Path = DESK,
    roster: Roster | None = None,
    limits: Limits = Limits(),
) -> list[Line]:
    """Take in all that is there; a line for everything taken and refused.

    Raises `ValueError` for an assignment that there is not.
    """
    assignments.source_path(name)
    roster = roster or Roster()
    with contextlib.ExitStack() as open_files:
        handed, lines = handed_in(name, paths, desk, open_files)
        students: dict[str, list[Handed]] = {}
        for each in handed:
            try:
                students.setdefault(roster.student(each.claim), []).append(each)
            except Refused as refused:
                sources = ", ".join(file.shown for _, file in each.files[:3])
                lines.append(Line("refused", "", sources, refused.why, (refused.tell,)))
        unclear = _alike(students) | _others(name, students, desk) if not roster.rows else {}
        for student in sorted(students):
            if student in unclear:
                sources = ", ".join(h.files[0][1].shown for h in students[student])
                tell = ("Nothing yet: the instructor must say whose this is.",)
                lines.append(Line("refused", student, sources, unclear[student], tell))
            else:
                lines += _take(name, student, students[student], desk, limits)
    remember(name, desk, lines, {s: _person(s, h) for s, h in students.items() if s not in unclear})
    return lines


def _alike(students: dict[str, list[Handed]]) -> dict[str, str]:
    """Students who cannot be told apart: two people with one id, or ids that differ by case."""
    found = {}
    by_case: dict[str, list[str]] = {}
    for student, handed in students.items():
        by_case.setdefault(student.casefold(), []).append(student)
        if len({each.claim.person for each in handed}) > 1:
            found[student] = "several people would have this id: give --students"
    for several in by_case.values():
        if len(several) > 1:
            found |= dict.fromkeys(several, f"ids that differ by case only: {', '.join(several)}")
    return found


def _others(name: str, students: dict[str, list[Handed]], desk: Path) -> dict[str, str]:
    """Students whose id was made from another person's name, some earlier time."""
    known = read_ingested(name, desk)
    found = {}
    for student, handed in students.items():
        before, now = known.get(student, {}).get("person"), _person(student, handed)
        if before and now and before != now:
            found[student] = f"the one already there is {shown(before)}'s: give --students"
    return found


def _person(student: str, handed: list[Handed]) -> str:
    """Whose name the id was made from; "" where the name was the id, as whoever typed it knew."""
    claim = handed[0].claim
    return "" if claim.name == student and not claim.number else claim.person


def _take(
    name: str, student: str, handed: list[Handed], desk: Path, limits: Limits
) -> Iterator[Line]:
    """Choose among a student's notebooks, write it, and say what became of each file."""
    inside = {p for each in handed for parts, _ in each.files for p in parts[:-1]}
    if sum(map(from_system, inside)) > 1:
        why = "it looks like the folder of a whole class: give that folder itself as PATH"
        yield Line("refused", student, handed[0].files[0][1].shown, why)
        return
    found: list[Candidate] = []
    refused: list[Line] = []
    for each in handed:
        notebooks, lines = find_notebooks(name, each, limits)
        found += notebooks
        refused += [replace(line, student=student) for line in lines]
    if found:
        *earlier, chosen = sorted(found, key=lambda candidate: candidate.rank)
        yield write(name, student, chosen, [other.source for other in earlier], desk)
    elif not refused:
        yield Line("refused", student, handed[0].claim.name, "nothing in it", (_nothing(name),))
    for line in refused:
        if line.why not in _HARMLESS:
            yield line
        elif found:  # beside the notebook: said, and no worry of the student's
            yield replace(line, status="left", tell=())
        else:
            yield replace(line, tell=(_nothing(name),))


def _nothing(name: str) -> str:
    return f"No notebook was handed in: hand in {name}.ipynb."
