"""A submission's bytes, read without trusting them.

What comes out is a small, valid notebook: the cells' kind, text, id, nbgrader's marks and tags, and
pasted pictures. Outputs and all other metadata are left out, since grading never looks at them.
What can be mended is mended and said; what cannot raises `Unreadable`, with words for the student.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

MAX_BYTES = 100 * 2**20  # of a notebook's file, outputs included
LARGE = 20 * 2**20  # from here on it is said
MAX_CELL = 2**20  # characters of one cell
MAX_WORDS = 20_000  # characters of a cell in words; renderers may take the square of it
MAX_CELLS = 2000
MAX_PICTURES = 10 * 2**20  # characters of base64 in one notebook
PICTURES = ("image/png", "image/jpeg", "image/gif")
_KINDS = ("code", "markdown", "raw", "heading", "html")  # the last two of older formats
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?!\(attachment:[\w.%-]{1,100}\))([(:\[])")
_TEX = re.compile(r"\\(?=(?:href|style|class|cssId|data|mmlToken|require)\b)")
_PASTED = re.compile(r"\(data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=]+)\)")


class Unreadable(ValueError):
    """Nothing can be graded here; the message is for the student."""


@dataclass(frozen=True)
class Reading:
    """A clean notebook, and what to tell the student about the file it came from."""

    notebook: NotebookNode
    findings: tuple[str, ...] = ()


def read(data: bytes) -> Reading:
    """The notebook in a file's bytes. Raises `Unreadable`."""
    made = clean(parse(data))
    findings = list(made.findings)
    if len(data) > LARGE:
        findings.append(f"its file has {len(data) / 2**20:.0f} MB: clear the outputs next time")
    if (encoding := json.detect_encoding(data)) != "utf-8":
        findings.append(f"it was saved as {encoding}, not plain UTF-8; it was read all the same")
    return Reading(made.notebook, tuple(findings))


def parse(data: bytes) -> Any:
    """The JSON value in a file's bytes. Raises `Unreadable`."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 2**20:.0f} MB, over {MAX_BYTES / 2**20:.0f} MB"
        raise Unreadable(f"it is too large ({size}): clear all outputs, save, and hand it in again")
    if not data.strip(b" \t\r\n\0"):
        raise Unreadable("it holds only zero bytes" if data.strip() else "it is empty")
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("it is not a text file") from None
    try:
        return json.loads(text, strict=False, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise Unreadable(_why_not_json(text, error)) from None
    except (RecursionError, ValueError, MemoryError):
        raise Unreadable("it is no valid notebook: it is nested too deep") from None


def _integer(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 0  # Python itself refuses to read very long ones


def _why_not_json(text: str, error: json.JSONDecodeError) -> str:
    if re.search(r"^(<{7}|>{7}|={7})( |$)", text, re.MULTILINE):
        return (
            "it is not JSON: it holds a git merge conflict; resolve the places between <<<<<<< "
            "and >>>>>>> and hand it in again"
        )
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return "it is not JSON: it ends in the middle; was the upload, or the disk, full?"
    return f"it is not JSON: {error}"


def clean(raw: Any) -> Reading:
    """The clean notebook of a parsed one, of any format. Raises `Unreadable`."""
    if not isinstance(raw, dict):
        raise Unreadable(f"it is no valid notebook: a {type(raw).__name__}, not an object")
    version, minor = raw.get("nbformat"), raw.get("nbformat_minor")
    cells = _cells(raw)
    if cells is None:
        raise Unreadable(f"it is no valid notebook: no list of cells (format {_brief(version)})")
    findings = []
    if version != 4:
        findings.append(f"its format is {_brief(version)}, 4 was handed out; it was read as 4")
    elif not isinstance(minor, int) or not 0 <= minor <= 5:
        findings.append(f"its format is 4.{_brief(minor)}; it was read as 4.5")
    findings += _about_metadata(raw.get("metadata"))
    if len(cells) > MAX_CELLS:
        findings.append(f"it has {len(cells)} cells; those after {MAX_CELLS} were left out")
    cleaner = _Cleaner(needs_ids=version == 4 and minor == 5)
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "cells": [c for n, cell in enumerate(cells[:MAX_CELLS]) if (c := cleaner.cell(n, cell))],
    }
    return Reading(nbformat.from_dict(made), (*findings, *cleaner.findings()))


def _cells(raw: dict[str, Any]) -> list[Any] | None:
    """The cells of any format: format 3 had them in worksheets."""
    if isinstance(raw.get("cells"), list):
        return raw["cells"]
    sheets = raw.get("worksheets")
    if not isinstance(sheets, list):
        return None
    parts = [s["cells"] for s in sheets if isinstance(s, dict) and isinstance(s.get("cells"), list)]
    return [cell for part in parts for cell in part]


def _about_metadata(metadata: Any) -> Iterator[str]:
    if not isinstance(metadata, dict):
        yield "its metadata is no object; it was put right"
        return
    kernel = metadata.get("kernelspec")
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if language != "python":
        yield f"its kernel is for {_brief(language)}; it was graded with Python 3"


class _Cleaner:
    """The cells of one notebook, one after the other."""

    def __init__(self, needs_ids: bool) -> None:
        self.needs_ids = needs_ids
        self.ids: set[str] = set()
        self.odd: list[int] = []
        self.broken_text = self.new_ids = 0
        self.long: list[str] = []
        self.cut: list[str] = []
        self.pictures = 0

    def cell(self, number: int, raw: Any) -> dict[str, Any] | None:
        """A clean cell, or None for what is none."""
        kind = raw.get("cell_type") if isinstance(raw, dict) else None
        source = raw.get("source", raw.get("input")) if isinstance(raw, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if kind not in ("code", "markdown", "raw", "heading", "html") or not isinstance(
            source, str
        ):
            self.odd.append(number + 1)
            return None
        metadata = _metadata(raw.get("metadata"))
        name = metadata.get("nbgrader", {}).get("grade_id") or f"number {number + 1}"
        attached = raw.get("attachments")
        if kind not in ("code", "raw"):
            source, attached = _attached(source, attached)
        if len(source) > MAX_CELL:
            self.long.append(f"cell {name} has {len(source) / 1e6:.1f} million characters")
            return None
        if kind not in ("code", "raw") and len(source) > MAX_WORDS:
            self.cut.append(f"cell {name} has {len(source):,} characters")
            source = source[:MAX_WORDS]
        repaired = source.encode("utf-8", "replace").decode("utf-8")
        self.broken_text += repaired != source
        cell = {
            "cell_type": kind if kind in ("code", "raw") else "markdown",
            "id": self._id(number, raw.get("id")),
            "metadata": metadata,
            "source": repaired,
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        if kind == "markdown" and (pictures := self._pictures(attached)):
            cell["attachments"] = pictures
        return cell

    def _id(self, number: int, found: Any) -> str:
        """Its own id where it is one and not taken, else one that no release has."""
        if not isinstance(found, str) or not _ID.fullmatch(found) or found in self.ids:
            self.new_ids += found is not None or self.needs_ids
            found = f"unnamed-{number}"
            while found in self.ids:
                found += "-"
        self.ids.add(found)
        return found

    def _pictures(self, raw: Any) -> dict[str, dict[str, str]]:
        """Pasted pictures: part of an answer in words."""
        kept: dict[str, dict[str, str]] = {}
        for name, bundle in raw.items() if isinstance(raw, dict) else ():
            for kind, data in bundle.items() if isinstance(bundle, dict) else ():
                if kind in PICTURES and isinstance(data, str) and _is_base64(data):
                    self.pictures += len(data)
                    if self.pictures <= MAX_PICTURES and re.fullmatch(r"[\w. ()-]{1,100}", name):
                        kept[name] = {kind: data}
        return kept

    def findings(self) -> Iterator[str]:
        """What to tell the student about the cells."""
        if self.odd:
            which = ", ".join(map(str, self.odd[:5])) + (", …" if len(self.odd) > 5 else "")
            yield f"{len(self.odd)} cells are none and were left out (number {which})"
        for text in self.long[:5]:
            yield f"{text}, over one million, and was left out"
        for text in self.cut[:5]:
            yield f"{text}, over {MAX_WORDS:,}; the rest was left out"
        if self.broken_text:
            yield f"{self.broken_text} cells hold broken characters; � stands in their place"
        if self.new_ids:
            yield f"{self.new_ids} cells had no proper id of their own and were given one"


def _metadata(raw: Any) -> dict[str, Any]:
    """The metadata that counts: nbgrader's marks, as plain values, and tags."""
    raw = raw if isinstance(raw, dict) else {}
    kept: dict[str, Any] = {}
    marks, tags = raw.get("nbgrader"), raw.get("tags")
    if isinstance(marks, dict):
        kept["nbgrader"] = {
            key: value
            for key, value in list(marks.items())[:50]
            if (isinstance(value, bool | int | float) and abs(value) < 1e9)
            or (isinstance(value, str) and len(value) < 200 and value.isprintable())
        }
    if isinstance(tags, list):
        plain = [t for t in tags[:50] if isinstance(t, str) and _ID.fullmatch(t)]
        kept |= {"tags": list(dict.fromkeys(plain))} if plain else {}
    return kept


def _attached(source: str, attachments: Any) -> tuple[str, Any]:
    """Pictures within the text, as some editors put them there, made attachments."""
    found = {f"pasted-{n}": match for n, match in enumerate(_PASTED.finditer(source))}
    if not found:
        return source, attachments
    names = iter(found)
    kept = attachments if isinstance(attachments, dict) else {}
    pasted = {name: {match[1]: match[2]} for name, match in found.items()}
    return _PASTED.sub(lambda _: f"(attachment:{next(names)})", source), {**kept, **pasted}


def _is_base64(data: str) -> bool:
    try:
        binascii.a2b_base64(data.encode("ascii").replace(b"\n", b""), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        return False
    return True


def _brief(value: Any) -> str:
    """A value of the student's in a few plain characters."""
    if value is None:
        return "none"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    return ascii(value if isinstance(value, str) else repr(value)).strip("'\"")[:30]


def without_html(text: str) -> str:
    """A student's Markdown whose tags, links and scripts are shown and not obeyed."""
    return _TEX.sub(r"\\ ", _LINK.sub(r"] \1", _TAG.sub("< ", text)))
