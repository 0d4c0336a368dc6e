r"""The library's docstrings, as the reference shows them.

They are written to be read in an editor: `code` in single backticks, formulas between dollars,
small tables in Markdown, and `name : type, what it is` on one line. Here they become
reStructuredText. Besides, the fields of a settings class are listed with the comment that stands
behind each in the source, and a chapter that is named is linked.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

from mbrl_assignments import chapter_titles
from sphinx.application import Sphinx

INLINE = re.compile(r"(`+)(?P<code>[^`]+)\1|(?<![\w$])\$(?P<math>[^$\n]+(?:\n[^$\n]+)?)\$(?![\w$])")
CHAPTER = re.compile(r'"(?P<title>[A-Z][^"\n]*(?:\n[^"\n]*)?)"')
PARAMETER = re.compile(r"^(?P<names>\w[\w, ]*?) ?: (?P<rest>\S.*)$")
FIELD = re.compile(r"^ {4}(?P<name>\w+): (?P<type>[^=#]+?)(?: = (?P<default>[^#]+?))? *# (?P<why>.+)$")


def translate(text: str, titles: dict[str, str]) -> str:
    """A docstring of this library as reStructuredText that napoleon understands."""
    text = re.sub(r"\$\$(.+?)\$\$", _display, text, flags=re.DOTALL)
    text = re.sub(r"(?:^\|.*\|$\n?)+", _table, text, flags=re.MULTILINE)
    text = _inline(_sections(text), titles)
    # a block of code that is indented under its paragraph
    return re.sub(r"(?<=[^:\n])\n\n((?: {4}\S.*\n?)+)", r"::\n\n\1", text) if "    " in text else text


def _display(found: re.Match) -> str:
    body = "\n".join("   " + line.strip() for line in found[1].strip().splitlines())
    return f"\n\n.. math::\n\n{body}\n\n"


def _table(found: re.Match) -> str:
    rows = [line.strip().strip("|").split("|") for line in found[0].strip().splitlines()]
    rows = [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set(":- ")]
    lines = ["", ".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)]
    return "\n".join(lines) + "\n\n"


def _sections(text: str) -> str:
    """`name : type, words` as a name with the words below; `Returns` as a field."""
    lines, done, section = text.split("\n"), [], ""
    for i, line in enumerate(lines):
        under = lines[i + 1] if i + 1 < len(lines) else ""
        if re.fullmatch(r"-{3,}", under.strip()) and line.strip():
            section = line.strip()
            if section == "Returns":
                continue
        if section == "Returns" and re.fullmatch(r"-{3,}", line.strip()):
            done.append(":returns:")
            continue
        if section == "Returns" and line.strip() == "":
            section = ""
        if section == "Returns":
            done.append(f"   {line}")
            continue
        found = PARAMETER.match(line) if section in ("Parameters", "Attributes") else None
        done += [found["names"], f"    {found['rest']}"] if found else [line]
        if section and line == "" and re.match(r"\S", under) and not PARAMETER.match(under):
            section = ""
    return "\n".join(done)


def _inline(text: str, titles: dict[str, str]) -> str:
    """Code and formulas; links to the chapters that are named. Code blocks are left alone."""

    def mark(found: re.Match) -> str:
        if found["math"]:
            return f":math:`{' '.join(found['math'].split())}`"
        return f"``{' '.join(found['code'].split())}``"

    def link(found: re.Match) -> str:
        title = " ".join(found["title"].split())
        return f":doc:`{title} </{titles[title]}>`" if title in titles else found[0]

    return CHAPTER.sub(link, INLINE.sub(mark, text))


def settings(cls: type) -> list[str]:
    """The fields of a settings class: default, and the comment behind it in the source."""
    lines = []
    for line in inspect.getsource(cls).splitlines():
        found = FIELD.match(line)
        if found:
            default = f" = {found['default'].strip()}" if found["default"] else ""
            lines.append(f"* ``{found['name']}: {found['type']}{default}`` -- {found['why']}")
    return ["", *lines, ""] if lines else []


def process(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Called by autodoc, before napoleon."""
    text = "\n".join(lines)
    if dataclasses.is_dataclass(obj) and isinstance(obj, type):
        if text.startswith(f"{obj.__name__}("):  # what dataclasses write where nothing is written
            text = ""
        if "Attributes\n-----" not in text:
            text += "\n".join(settings(obj))
    lines[:] = translate(text, chapter_titles(Path(app.srcdir))).split("\n")


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", process, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
