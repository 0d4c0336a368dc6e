"""Students' ids and names, and the list of them that an instructor may give."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from grading.ingest.kinds import Claim, Refused, shown

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


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
