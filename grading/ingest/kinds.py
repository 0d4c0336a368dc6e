"""What the rooms of ingest hand to one another."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from grading import reading

STATUSES = ("taken", "unchanged", "kept", "left", "refused")


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


def shown(name: str, length: int = 100) -> str:
    """A name of any kind as one line of plain characters."""
    kept = "".join(c if c.isprintable() else ascii(c).strip("'") for c in name[: 4 * length])
    return kept if len(kept) <= length else f"{kept[: length // 2]}…{kept[-length // 2 :]}"
