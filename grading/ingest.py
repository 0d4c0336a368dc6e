"""Submissions as learning management systems give them, brought to where nbgrader looks for them.

`python -m grading.ingest ps2_random_shooting PATH... [--students students.csv]` reads folders, zips
and loose notebooks and writes `submitted/<student>/<assignment>/<assignment>.ipynb` under the desk
(`gradebook/`, or the folder that MBRL_GRADEBOOK names). Understood are

- Canvas: `lovelaceada_LATE_12345_67890_ps2_random_shooting-1.ipynb`, flat;
- Moodle: `Ada Lovelace_12345_assignsubmission_file_/...`;
- Gradescope: `submission_123/...` beside `submission_metadata.yml`;
- nbgrader's exchange: `ada+ps2_random_shooting+2026-01-31 12:00:00 UTC/...`; `submitted/` itself;
- a folder with a folder, a zip or a notebook for each student.

Whose a file is, only the outermost name says, which the system wrote; what a student packed can
claim nothing. No name from a submission is ever used as a path. A table at the end names everything
that was taken or refused, and what to tell the student; `ingest/<assignment>.json` under the desk
keeps it for `grading.precheck`. What is written is the clean notebook of `grading.reading`.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import re
import stat
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import nbformat
import yaml
from rich.console import Console
from rich.table import Table

from grading import assignments, reading
from grading.precheck import DESK, ingested_path, plain, read_ingested
from grading.skeleton import rebuild

_CHUNK = 1 << 16
_CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<rest>.+)", re.S)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.S
)
_GRADESCOPE = re.compile(r"submission_(?P<number>\d+)")
_METADATA = "submission_metadata.yml"
_JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini", "timestamp.txt", ".DS_Store", _METADATA}
_JUNK |= {".ipynb_checkpoints", "__pycache__"}
_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
STATUSES = ("taken", "unchanged", "kept", "left", "refused")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What one student's archives, those within them included, may unpack to."""

    notebook: int = reading.MAX_BYTES
    archive: int = 200 * 2**20  # bytes of one archive within another
    directory: int = 16 * 2**20  # bytes of one archive's list of files
    total: int = 500 * 2**20
    entries: int = 5_000
    ratio: int = 250  # for what unpacks to more than 10 MB
    depth: int = 2


class Refused(Exception):
    """`why` for the instructor, `tell` for the student."""

    def __init__(self, why: str, tell: str) -> None:
        super().__init__(why)
        self.why, self.tell = why, tell


@dataclass(frozen=True)
class File:
    """A file somewhere in what was given; nothing of it has been read."""

    parts: tuple[str, ...]
    read: Callable[[int], bytes]  # at most so many bytes; raises Refused
    modified: float = 0.0
    within: str = ""  # the archive it came out of
    refused: Refused | None = None  # what reading will raise, where that is known already

    @property
    def shown(self) -> str:
        """Its name for people."""
        return shown(f"{self.within}{'/'.join(self.parts)}")


@dataclass(frozen=True)
class Claim:
    """Who a file is said to be from, by the outermost name."""

    name: str
    number: str = ""  # the system's own
    email: str = ""
    is_id: bool = False  # `name` is an id already
    numbered: bool = False  # `number` belongs to the person and goes into the id
    submitted: datetime.datetime | None = None
    late: bool = False

    @property
    def person(self) -> str:
        """What tells people apart."""
        return f"{self.name}_{self.number}" if self.number else self.name


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    status: str  # one of STATUSES
    student: str  # "" when not known
    source: str
    why: str = ""  # for the instructor
    tell: tuple[str, ...] = ()  # for the student


@dataclass
class Handed:
    """All that one student handed in."""

    claim: Claim
    files: list[tuple[tuple[str, ...], File]] = field(default_factory=list)  # under which name


# ---- names ---------------------------------------------------------------------------------------


def shown(name: str, length: int = 100) -> str:
    """A name of any kind as one line of plain characters."""
    kept = "".join(c if c.isprintable() else ascii(c).strip("'") for c in name[: 4 * length])
    return kept if len(kept) <= length else f"{kept[: length // 2]}…{kept[-length // 2 :]}"


def student_id(name: str) -> str:
    """An id that is safe as a folder's name: the name itself where it is, else made from it.

    Accents go, other characters become hyphens, letters become small; where more was lost than
    that, eight digits of a hash are added, so that the id is the same every time.
    """
    if _SAFE_ID.fullmatch(name) and not name.endswith(".") and not _RESERVED.fullmatch(name):
        return name
    normal = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in normal if not unicodedata.combining(c))
    lost = any(ord(c) > 127 and c.isalnum() for c in letters)
    slug = re.sub(r"[^A-Za-z0-9.@]+", "-", letters).strip("-.@").lower()
    if lost or not slug or len(slug) > 50 or _RESERVED.fullmatch(slug):
        digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass"))
        slug = f"{slug[:50].strip('-.@') or 'student'}-{digest.hexdigest()[:8]}"
    return f"student-{slug}" if _RESERVED.fullmatch(slug) else slug


def _words(name: str) -> list[str]:
    """A name's words without case, accents and punctuation."""
    normal = unicodedata.normalize("NFKD", name).casefold()
    return re.findall(r"\w+", "".join(c for c in normal if not unicodedata.combining(c)))


class Roster:
    """The students of `--students FILE`: columns id, name and, where there are, lms_id, email."""

    def __init__(self, rows: Iterable[dict[str, str]] = ()) -> None:
        self.rows = [
            {str(k).strip().lower(): (v or "").strip() for k, v in row.items() if k is not None
             and isinstance(v, str | None)} for row in rows
        ]  # fmt: skip
        for number, row in enumerate(self.rows, 2):
            if not row.get("id"):
                raise ValueError(f"line {number} of the list of students has no id")
            if student_id(row["id"]) != row["id"]:
                raise ValueError(f"line {number}: {shown(row['id'])!r} cannot be a folder's name")
        ids = [row["id"].lower() for row in self.rows]
        if len(set(ids)) < len(ids):
            raise ValueError("the list of students has an id twice")

    @classmethod
    def load(cls, path: Path) -> Roster:
        """Read the CSV. Raises `ValueError` with what is wrong with it."""
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                return cls(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ValueError(f"{shown(str(path))}: {error}") from None

    def student(self, claim: Claim) -> str:
        """The id of who is claimed. Raises `Refused` for nobody, or one of several."""
        if not self.rows:
            number = f"_{claim.number}" if claim.numbered and claim.number else ""
            return student_id(claim.name + number)
        by_number = self._with("lms_id", claim.number)
        by_name = self._named(claim.name)
        found = by_number or self._with("email", claim.email) or self._with("id", claim.name)
        if by_number and by_name and by_number[0] not in by_name:
            raise Refused(
                f"the number {shown(claim.number)} is {by_number[0]['id']}'s, the name is not",
                "Nothing: the list of students does not fit the submissions.",
            )
        found = found or by_name
        if len(found) != 1:
            many = f"{len(found)} students are called so" if found else "no student is called so"
            raise Refused(
                f"{many} in the list of students: {shown(claim.name)} {shown(claim.number)}",
                "Nothing yet: the instructor must say whose this is.",
            )
        return found[0]["id"]

    def _with(self, column: str, value: str) -> list[dict[str, str]]:
        same = value.casefold()
        return [r for r in self.rows if value and r.get(column, "").casefold() == same]

    def _named(self, name: str) -> list[dict[str, str]]:
        """By name, in any order of its words; Canvas writes them as one word, the last first."""
        words = _words(name)
        found = []
        for row in self.rows:
            theirs = _words(row.get("name", ""))
            joined = {"".join(theirs[i:] + theirs[:i]) for i in range(len(theirs))}
            one_word = len(words) == 1 and words[0] in joined
            if words and (sorted(words) == sorted(theirs) or one_word):
                found.append(row)
        return found


# ---- folders and zips ----------------------------------------------------------------------------


def files_in_folder(folder: Path, prefix: tuple[str, ...] = ()) -> Iterator[File]:
    """All files below a folder; no link is followed."""
    waiting = [(folder, prefix)]
    while waiting:
        place, parts = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            yield _refusing(parts, f"it cannot be listed: {error.strerror}", "")
            continue
        if not entries:
            yield _refusing((*parts, ""), "an empty folder", "Nothing was handed in.")
        for entry in entries:
            inside = (*parts, entry.name)
            if entry.is_dir(follow_symlinks=False) and len(inside) < 50:
                waiting.append((Path(entry.path), inside))
            else:
                yield _loose(Path(entry.path), inside)


def _loose(path: Path, parts: tuple[str, ...]) -> File:
    try:
        status = path.lstat()
    except OSError as error:
        return _refusing(parts, f"it cannot be read: {error.strerror}", "")
    if stat.S_ISLNK(status.st_mode):
        return _link(parts)
    if not stat.S_ISREG(status.st_mode):
        return _refusing(parts, "a device, a pipe or the like", "Hand in the notebook itself.")
    return File(parts, lambda limit: _read_path(path, limit), status.st_mtime)


def _read_path(path: Path, limit: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused("no ordinary file", "Hand in the notebook itself.")
            data = file.read(limit + 1)
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}", "Hand it in again.") from None
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _link(parts: tuple[str, ...]) -> File:
    return _refusing(
        parts, "a link; links are not followed", "Hand in the notebook itself, not a link to it."
    )


def _refusing(parts: tuple[str, ...], why: str, tell: str) -> File:
    """A file that cannot be read, and says why when it is tried."""
    refused = Refused(why, tell)

    def read(limit: int) -> bytes:
        raise refused

    return File(parts, read, refused=refused)


def _too_large(limit: int) -> Refused:
    return Refused(
        f"over {limit / 2**20:.0f} MB", "It is too large: clear all outputs and hand it in again."
    )


def _bomb(why: str) -> Refused:
    return Refused(f"{why}: a zip bomb?", "Hand in the notebook alone, outputs cleared.")


@dataclass
class Budget:
    """What has been unpacked so far, under limits."""

    limits: Limits = Limits()
    bytes: int = 0
    entries: int = 0

    def take(self, size: int) -> None:
        """Count bytes. Raises `Refused`."""
        self.bytes += size
        if self.bytes > self.limits.total:
            raise _bomb(f"it unpacks to over {self.limits.total / 2**20:.0f} MB")


def files_in_zip(archive: IO[bytes], budget: Budget, within: str = "") -> list[File]:
    """The files of a zip. What headers announce is not believed: reading counts as it goes.

    Raises `Refused` when it is no zip, or has too many entries.
    """
    limits = budget.limits
    try:
        end = zipfile._EndRecData(archive)  # as ZipFile itself will find it
        if end and end[zipfile._ECD_SIZE] > limits.directory:
            raise _bomb("its list of files is huge")
        opened = zipfile.ZipFile(archive)
    except Refused:
        raise
    except Exception:  # whatever the library makes of bytes that are none
        raise Refused(
            "no zip that can be opened, or not all of it",
            "The zip cannot be opened: hand in the notebook itself.",
        ) from None
    found = []
    for info in opened.infolist():
        if info.filename.endswith("/"):
            continue
        budget.entries += 1
        if budget.entries > limits.entries:
            raise _bomb(f"it holds over {limits.entries} files")
        found.append(_zipped(opened, info, budget, within))
    return found


def _zipped(opened: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, within: str) -> File:
    name = info.orig_filename.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    kind = stat.S_IFMT(info.external_attr >> 16)
    bad = ""
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        bad = "an absolute path"
    elif ".." in parts:
        bad = "a path that leads out of the zip"
    elif not parts or "\0" in name:
        bad = "a name that cannot be"
    parts = parts or ("(no name)",)
    if bad:
        file = _refusing(parts, f"{bad} in a zip", "Zip the notebook alone, without its folders.")
    elif kind == stat.S_IFLNK:
        file = _link(parts)
    elif kind not in (0, stat.S_IFREG):
        file = _refusing(parts, "a device, a pipe or the like", "Hand in the notebook itself.")
    elif info.flag_bits & 0x1:
        file = _refusing(parts, "it is encrypted", "Hand it in without a password.")
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        tell = "Zip it in the ordinary way, or hand in the notebook itself."
        file = _refusing(parts, "an unusual kind of compression", tell)
    else:
        file = File(parts, lambda limit: _read_zipped(opened, info, budget, limit))
    return replace(file, modified=_zip_time(info), within=within)


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return datetime.datetime(*info.date_time, tzinfo=datetime.UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _read_zipped(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, limit: int
) -> bytes:
    parts, size = [], 0
    try:
        with opened.open(info) as file:
            while part := file.read(_CHUNK):
                size += len(part)
                budget.take(len(part))
                if size > 10 * 2**20 and size > budget.limits.ratio * max(info.compress_size, 1):
                    raise _bomb(f"it unpacks to over {budget.limits.ratio} times its size")
                if size > limit:
                    raise _too_large(limit)
                parts.append(part)
    except Refused:
        raise
    except Exception as error:  # whatever the library makes of damaged bytes
        raise Refused(
            f"it cannot be unpacked: {shown(str(error))}",
            "The zip is damaged: hand in the notebook itself.",
        ) from None
    return b"".join(parts)


# ---- whose is it ---------------------------------------------------------------------------------


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
            if _is_junk(file.parts[0]):
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
    own = (path.name,) if _by_system(path.name) else ()
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
    return [_loose(path, (path.name,))]


def _here(name: str, file: File, desk: Path) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """What lies where nbgrader collects, to be mended in its place, with its time."""
    if len(file.parts) > 2 and file.parts[1] == name:
        stamp = desk / "submitted" / file.parts[0] / name / "timestamp.txt"
        yield Claim(file.parts[0], is_id=True, submitted=_stamped(stamp)), file.parts[1:]


def _stamped(path: Path) -> datetime.datetime | None:
    if path.is_symlink() or not path.is_file():
        return None
    return _time(path.read_text(encoding="utf-8", errors="replace")[:100])


def _by_system(name: str) -> bool:
    patterns = (_CANVAS, _MOODLE, _GRADESCOPE)
    return any(p.fullmatch(name) for p in patterns) or _exchange(name) is not None


def _without_wrapper(name: str, files: list[File]) -> list[File]:
    """A class's zip often holds one folder that holds everything."""
    while True:
        kept = [f for f in files if not _is_junk(f.parts[0])]
        tops = {f.parts[0] for f in kept}
        if len(tops) != 1 or _by_system(next(iter(tops))) or any(len(f.parts) < 2 for f in kept):
            return files
        inside = {f.parts[1] for f in kept if len(f.parts) > 2 or _holds(f.parts[1])}
        by_system = any(map(_by_system, inside))
        one_student = f"{name}.ipynb" in {f.parts[1] for f in kept} or len(inside) < 2
        if one_student and not by_system:
            return files
        files = [replace(f, parts=f.parts[1:], within=f"{f.within}{f.parts[0]}/") for f in kept]


def _holds(name: str) -> bool:
    return name.lower().endswith((".ipynb", ".zip"))


def _is_junk(part: str) -> bool:
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


# ---- one student ---------------------------------------------------------------------------------


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
        if any(map(_is_junk, parts)):
            continue
        try:
            suffix = Path(parts[-1]).suffix.lower()
            if suffix == ".zip":
                if depth >= limits.depth:
                    raise _bomb("zips within zips within zips")
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


# ---- writing -------------------------------------------------------------------------------------


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
        unclear = _alike(students) if not roster.rows else {}
        for student in sorted(students):
            if student in unclear:
                sources = ", ".join(h.files[0][1].shown for h in students[student])
                tell = ("Nothing yet: the instructor must say whose this is.",)
                lines.append(Line("refused", student, sources, unclear[student], tell))
            else:
                lines += _take(name, student, students[student], desk, limits)
    _remember(name, desk, lines)
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


def _take(
    name: str, student: str, handed: list[Handed], desk: Path, limits: Limits
) -> Iterator[Line]:
    """Choose among a student's notebooks, write it, and say what became of each file."""
    inside = {p for each in handed for parts, _ in each.files for p in parts[:-1]}
    if sum(map(_by_system, inside)) > 1:
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
        yield _write(name, student, chosen, [other.source for other in earlier], desk)
    elif not refused:
        yield Line("refused", student, handed[0].claim.name, "nothing in it", (_nothing(name),))
    for line in refused:
        if line.why not in _HARMLESS:
            yield line
        elif found:  # beside the notebook: said, and no worry of the student's
            yield replace(line, status="left", tell=())
        else:
            yield replace(line, tell=(_nothing(name),))


_HARMLESS = ("no notebook", "an empty folder")


def _nothing(name: str) -> str:
    return f"No notebook was handed in: hand in {name}.ipynb."


def _write(name: str, student: str, chosen: Candidate, earlier: list[str], desk: Path) -> Line:
    """Put the chosen notebook in its place, unless a later one is there."""
    folder = desk / "submitted" / student / name
    target, stamp = folder / f"{name}.ipynb", folder / "timestamp.txt"

    def line(status: str, *why: str, tell: Sequence[str] = ()) -> Line:
        return Line(status, student, chosen.source, "; ".join(filter(None, why)), tuple(tell))

    for place in (desk / "submitted", folder.parent, folder, target, stamp):
        if place.is_symlink():
            return line("refused", f"{place} is a link: nothing is written through it")
    when, before = chosen.claim.submitted, _stamped(stamp)
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


def _remember(name: str, desk: Path, lines: list[Line]) -> None:
    """Keep what students should be told, for the check before grading."""
    known = read_ingested(name, desk)
    for student in {line.student for line in lines if line.student}:
        told = [sentence for line in lines if line.student == student for sentence in line.tell]
        known[student] = {"tell": list(dict.fromkeys(told))}
    path = ingested_path(name, desk)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(path, json.dumps(known, indent=1, sort_keys=True).encode(), desk)


def print_table(name: str, lines: list[Line], console: Console) -> None:
    """One line for everything taken, then one for everything refused."""
    table = Table(title=f"{name}: taken in")
    for heading in ("student", "status", "from", "why", "what to tell the student"):
        table.add_column(heading, overflow="fold")
    for line in sorted(lines, key=lambda each: (each.status == "refused", each.student)):
        style = "red" if line.status == "refused" else ""
        cells = (line.student or "?", line.status, line.source, line.why, "\n".join(line.tell))
        table.add_row(*map(plain, cells), style=style)
    console.print(table)
    counts = {status: sum(line.status == status for line in lines) for status in STATUSES}
    console.print(", ".join(f"{n} {s}" for s, n in counts.items() if n) or "nothing was found")


def main(arguments: list[str]) -> int:
    """Take in, print the table; 0 when nothing was refused, 1 when something, 2 for a bad call."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.ingest",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignment")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--students", type=Path, help="CSV: id, name, and perhaps lms_id, email")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        roster = Roster.load(options.students) if options.students else None
        DESK.mkdir(parents=True, exist_ok=True)
        lines = ingest(options.assignment, options.paths, DESK, roster)
    except ValueError as error:
        console.print(plain(str(error)))
        return 2
    print_table(options.assignment, lines, console)
    return 1 if any(line.status == "refused" for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
