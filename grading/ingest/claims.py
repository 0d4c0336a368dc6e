"""Whose a file is, by the outermost name, which the system wrote."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from grading.ingest.archives import Budget, files_in_folder, files_in_zip, loose
from grading.ingest.kinds import Claim, File, Handed, Limits, Line, Refused, shown

_CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<rest>.+)", re.S)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.S
)
_GRADESCOPE = re.compile(r"submission_(?P<number>\d+)")
_METADATA = "submission_metadata.yml"
_JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt", ".DS_Store", _METADATA}
_JUNK |= {".ipynb_checkpoints", "__pycache__"}


def handed_in(
    name: str, paths: Sequence[Path], desk: Path, open_files: contextlib.ExitStack
) -> tuple[list[Handed], list[Line]]:
    """What each student handed in, by the outermost names, and lines for what is nobody's."""
    groups: dict[Claim, Handed] = {}
    lines: list[Line] = []
    for path in paths:
        try:
            files = _given(name, path, len(paths) == 1, open_files)
        except Refused as refused:
            lines.append(Line("refused", "", shown(str(path)), refused.why, (refused.tell,)))
            continue
        here = path.resolve() == (desk / "submitted").resolve()
        metadata, unreadable = _gradescope(files)
        if unreadable:
            lines.append(Line("refused", "", _METADATA, unreadable))
        for file in files:
            if is_junk(file.parts[0]):
                continue
            try:
                claims = _here(name, file, desk) if here else _claims(name, file, metadata)
                for claim, rest in claims:
                    groups.setdefault(claim, Handed(claim)).files.append((rest, file))
            except Refused as refused:
                lines.append(Line("refused", "", file.shown, refused.why, (refused.tell,)))
    return list(groups.values()), lines


def _given(name: str, path: Path, alone: bool, open_files: contextlib.ExitStack) -> list[File]:
    """The files of one PATH. A folder or zip whose own name says whose it is keeps that name.

    Any other is a class's, and its outermost names are believed; of several, some could be single
    students', and what these packed must not be believed.
    """
    own = (path.name,) if from_system(path.name) else ()
    if path.is_symlink():
        raise Refused("a link; give what it points to", "")
    is_class = not own and (path.is_dir() or path.suffix.lower() == ".zip")
    if is_class and not alone:
        raise Refused("one folder or zip of a class at a time; of students, the folder above", "")
    if path.is_dir():
        return list(files_in_folder(path, own))
    if path.suffix.lower() == ".zip" and not own:
        try:
            archive = open_files.enter_context(path.open("rb"))
        except OSError as error:
            raise Refused(f"it cannot be read: {error.strerror}", "") from None
        whole = Limits(total=1 << 50, entries=1_000_000, directory=1 << 30)
        return _without_wrapper(name, files_in_zip(archive, Budget(whole)))
    if not path.exists():
        raise Refused("there is no such file", "")
    return [loose(path, (path.name,))]


def _here(name: str, file: File, desk: Path) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """What lies where nbgrader collects, to be mended in its place, with its time."""
    if len(file.parts) > 2 and file.parts[1] == name:
        stamp = desk / "submitted" / file.parts[0] / name / "timestamp.txt"
        yield Claim(file.parts[0], is_id=True, submitted=stamped(stamp)), file.parts[1:]


def stamped(path: Path) -> datetime.datetime | None:
    if path.is_symlink() or not path.is_file():
        return None
    return _time(path.read_text(encoding="utf-8", errors="replace")[:100])


def from_system(name: str) -> bool:
    patterns = (_CANVAS, _MOODLE, _GRADESCOPE)
    return any(p.fullmatch(name) for p in patterns) or _exchange(name) is not None


def _without_wrapper(name: str, files: list[File]) -> list[File]:
    """A class's zip often holds one folder that holds everything."""
    while True:
        kept = [f for f in files if not is_junk(f.parts[0])]
        tops = {f.parts[0] for f in kept}
        if len(tops) != 1 or from_system(next(iter(tops))) or any(len(f.parts) < 2 for f in kept):
            return files
        inside = {f.parts[1] for f in kept if len(f.parts) > 2 or _holds(f.parts[1])}
        by_system = any(map(from_system, inside))
        one_student = f"{name}.ipynb" in {f.parts[1] for f in kept} or len(inside) < 2
        if one_student and not by_system:
            return files
        files = [replace(f, parts=f.parts[1:], within=f"{f.within}{f.parts[0]}/") for f in kept]


def _holds(name: str) -> bool:
    return name.lower().endswith((".ipynb", ".zip"))


def is_junk(part: str) -> bool:
    return part in _JUNK or part.startswith("._")


def _exchange(name: str) -> tuple[str, str, datetime.datetime | None] | None:
    """nbgrader's `student+assignment+timestamp`, perhaps with `+random` behind it."""
    parts = name.split("+")
    if len(parts) not in (3, 4) or not all(parts):
        return None
    return parts[0], parts[1], _time(parts[2])


def _time(text: Any) -> datetime.datetime | None:
    """A point in time, in UTC where no zone is given; None for what is none."""
    if isinstance(text, str):
        cleaned = re.sub(r" (UTC|Z)$", "+00:00", text.strip())
        try:
            text = datetime.datetime.fromisoformat(re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", cleaned))
        except ValueError:
            return None
    if not isinstance(text, datetime.datetime):
        return None
    with contextlib.suppress(OverflowError):
        aware = text if text.tzinfo else text.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC)
    return None


def _claims(
    name: str, file: File, metadata: dict[str, list[Claim]]
) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """Who a file is from, and its name without what said so. Raises `Refused`."""
    top, rest = file.parts[0], file.parts[1:]
    if match := _CANVAS.fullmatch(top):
        inner = (match["rest"], *rest)
        late = match["late"] is not None
        yield Claim(match["name"], match["number"], numbered=True, late=late), inner
    elif match := _MOODLE.fullmatch(top):
        inner = rest or (match["rest"] or "file",)
        yield Claim(match["name"], match["number"]), inner
    elif (match := _GRADESCOPE.fullmatch(top)) and rest:
        for claim in metadata.get(top, [Claim(top, match["number"], is_id=True)]):
            yield claim, rest
    elif (found := _exchange(top)) and rest:
        student, assignment, submitted = found
        if assignment != name:
            tell = "Nothing: it was collected for another assignment."
            raise Refused(f"it belongs to {shown(assignment)}", tell)
        yield Claim(student, is_id=True, submitted=submitted), rest
    elif rest:
        yield Claim(top, is_id=True), rest
    else:
        stem, dot, _ = top.rpartition(".")
        student = re.sub(re.escape(name), "", stem if dot else top, flags=re.IGNORECASE)
        student = student.strip(" _-+.")
        if not re.search(r"[^\W\d_]", student):
            raise Refused(
                "its name does not say whose it is: put it in a folder named after the student",
                "Nothing: the file reached us without a name.",
            )
        called = f"{name}.ipynb" if top.lower().endswith(".ipynb") else top
        yield Claim(student, is_id=True), (called,)


def _gradescope(files: list[File]) -> tuple[dict[str, list[Claim]], str]:
    """Who submitted what, from Gradescope's own file beside the folders; and what is wrong."""
    found: dict[str, list[Claim]] = {}
    for file in files:
        if file.parts != (_METADATA,):
            continue
        try:
            data = yaml.safe_load(file.read(20 * 2**20))
            for key, entry in data.items():
                when = _time(entry.get(":created_at"))
                people = entry.get(":submitters") or []
                found[str(key)] = [_submitter(person, when) for person in people] or [
                    Claim(str(key), is_id=True, submitted=when)
                ]
        except (yaml.YAMLError, Refused, AttributeError, TypeError, ValueError, RecursionError):
            return found, "it could not be read: submissions keep their numbers as names"
    return found, ""


def _submitter(person: dict[str, Any], when: datetime.datetime | None) -> Claim:
    email, sid = str(person.get(":email") or ""), str(person.get(":sid") or "")
    name = str(person.get(":name") or "")
    return Claim(sid or email.partition("@")[0] or name, sid, email, submitted=when)
