"""The one place that writes: below the desk, whole or not at all, through no link."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat

from grading.ingest.claims import stamped
from grading.ingest.kinds import Line, shown
from grading.ingest.notebooks import Candidate
from grading.precheck import ingested_path, read_ingested


def write(name: str, student: str, chosen: Candidate, earlier: list[str], desk: Path) -> Line:
    """Put the chosen notebook in its place, unless a later one is there."""
    folder = desk / "submitted" / student / name
    target, stamp = folder / f"{name}.ipynb", folder / "timestamp.txt"

    def line(status: str, *why: str, tell: Sequence[str] = ()) -> Line:
        return Line(status, student, chosen.source, "; ".join(filter(None, why)), tuple(tell))

    for place in (desk / "submitted", folder.parent, folder, target, stamp):
        if place.is_symlink():
            return line("refused", f"{place} is a link: nothing is written through it")
    when, before = chosen.claim.submitted, stamped(stamp)
    if before and when and when < before:
        return line("kept", f"the one already there is later: {before:%Y-%m-%d %H:%M:%S} UTC")
    data = (nbformat.writes(chosen.read.notebook) + "\n").encode()
    try:
        old = target.read_bytes() if target.exists() else b""
        folder.mkdir(parents=True, exist_ok=True)
        if old != data:
            if not when:
                stamp.unlink(missing_ok=True)  # it was the old one's
            _write_whole(target, data, desk)
        if when and when != before:
            _write_whole(stamp, f"{when:%Y-%m-%d %H:%M:%S.%f} UTC".encode(), desk)
    except OSError as error:
        return line("refused", f"it could not be written: {error.strerror}")
    told = list(chosen.read.findings)
    if chosen.called:
        told.append(f"it was called {shown(chosen.called)}; please call it {name}.ipynb")
    others = f"the later counts, not {', '.join(earlier[:3])}" if earlier else ""
    late = "marked late by the system" if chosen.claim.late else ""
    replaced = "in place of the one that was there" if old not in (b"", data) else ""
    return line("unchanged" if old == data else "taken", others, late, replaced, tell=told)


def _write_whole(path: Path, data: bytes, desk: Path) -> None:
    """Write a file whole or not at all; what is not finished lies where nobody looks."""
    descriptor, temporary = tempfile.mkstemp(prefix=".ingest-", dir=desk)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remember(name: str, desk: Path, lines: list[Line], people: dict[str, str]) -> None:
    """Keep what students should be told, for the check before grading, and who they are."""
    known = read_ingested(name, desk)
    for student in {line.student for line in lines if line.student}:
        told = [sentence for line in lines if line.student == student for sentence in line.tell]
        person = people.get(student) or known.get(student, {}).get("person", "")
        known[student] = {"tell": list(dict.fromkeys(told)), "person": person}
    path = ingested_path(name, desk)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(path, json.dumps(known, indent=1, sort_keys=True).encode(), desk)
