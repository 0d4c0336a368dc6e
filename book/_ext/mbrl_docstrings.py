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
ENTRY = re.compile(r"^(?: |\w[\w, ]*? ?:|\w+$)")  # a line that belongs to a section
FIELD = re.compile(
    r"^ {4}(?P<name>\w+): (?P<type>[^=#]+?)(?: = (?P<default>[^#]+?))? *# (?P<why>.+)$"
)


def translate(text: str, titles: dict[str, str]) -> str:
    """A docstring of this library as reStructuredText that napoleon understands."""
    head, sections = _split(text)
    head = re.sub(r"\$\$(.+?)\$\$", _display, head, flags=re.DOTALL)
    head = re.sub(r"(?:^\|.*\|$\n?)+", _table, head, flags=re.MULTILINE)
    parts = [_blocks(_inline(head, titles))]
    if "Returns" in sections:
        body = "\n   ".join(line.strip() for line in sections.pop("Returns"))
        parts.append(f":returns: {_inline(body, titles)}")
    for name, lines in sections.items():
        body = _inline("\n".join(map(_name_alone, lines)), titles)
        parts.append(f"{name}\n{'-' * len(name)}\n{body}")
    return "\n\n".join(parts) + "\n"


def _split(text: str) -> tuple[str, dict[str, list[str]]]:
    """The prose, and the lines of each section; prose below the sections joins the rest."""
    head: list[str] = []
    sections: dict[str, list[str]] = {}
    current = head
    lines = text.split("\n")
    for above, line, below in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        if line.strip() and re.fullmatch(r"-{3,}", below):
            current = sections.setdefault(line.strip(), [])
        elif re.fullmatch(r"-{3,}", line):
            continue
        else:
            if current is not head and not above and line and not ENTRY.match(line):
                current = head
                head.append("")
            current.append(line)
    return "\n".join(head).strip("\n"), sections


def _name_alone(line: str) -> str:
    """`name : type, words` as the name with the words below it."""
    found = PARAMETER.match(line)
    return f"{found['names']}\n    {found['rest']}" if found else line


def _blocks(text: str) -> str:
    """Examples, which are indented under a paragraph, as code."""
    return re.sub(
        r"(?<=[^:\n])\n\n((?: {4}\S.*(?:\n|$))+)", r"\n\n.. code-block:: python\n\n\1", text
    )


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
