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
SECTIONS = ("Parameters", "Attributes", "Returns", "Raises")
FIELD = re.compile(
    r"^ {4}(?P<name>\w+): (?P<type>[^=#]+?)(?: = (?P<default>[^#]+?))? *# (?P<why>.+)$"
)


def translate(text: str, titles: dict[str, str]) -> str:
    """A docstring of this library as reStructuredText."""
    head, sections = _split(text)
    head = re.sub(r"\$\$(.+?)\$\$", _display, head, flags=re.DOTALL)
    head = re.sub(r"(?:^\|.*\|$\n?)+", _table, head, flags=re.MULTILINE)
    fields = "\n".join(_field(name, sections[name]) for name in SECTIONS if name in sections)
    return f"{_blocks(_inline(head, titles))}\n\n{_inline(fields, titles)}\n"


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


def _field(name: str, lines: list[str]) -> str:
    """A section as a field: `name : words` and the lines below it become one item of a list."""
    if name == "Returns":
        return "\n   ".join([f":{name}:", *(line.strip() for line in lines)])
    entries: list[list[str]] = []
    for line in filter(str.strip, lines):
        if line.startswith(" ") and entries:
            entries[-1].append(line.strip())
        else:
            found = PARAMETER.match(line)
            entries.append([found["names"], found["rest"]] if found else [line])
    items = (f"* **{first}** -- " + "\n     ".join(rest) for first, *rest in entries)
    return "\n   ".join([f":{name}:", *items])


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
    """Called by autodoc for each docstring."""
    text = "\n".join(lines)
    if dataclasses.is_dataclass(obj) and isinstance(obj, type):
        if text.startswith(f"{obj.__name__}("):  # what dataclasses write where nothing is written
            text = ""
        if "Attributes\n-----" not in text:
            text += "\n".join(settings(obj))
    lines[:] = translate(text, chapter_titles(Path(app.srcdir))).split("\n")


def shorten(
    app: Sphinx, what: str, name: str, obj: object, options: object, call: str, result: str
) -> tuple[str, str] | None:
    """A dataclass by its fields' names and plain defaults: types are in the list below it."""
    if not (dataclasses.is_dataclass(obj) and isinstance(obj, type)):
        return None
    parts = []
    for field in dataclasses.fields(obj):
        plain = isinstance(field.default, str | int | float | tuple | None)
        default = f"={field.default!r}" if plain else "=..."
        required = dataclasses.MISSING
        bare = field.default is required and field.default_factory is required
        parts.append(field.name if bare else f"{field.name}{default}")
    return f"({', '.join(parts)})", ""


def skip(app: Sphinx, what: str, name: str, obj: object, skipped: bool, options: object) -> bool:
    """A function that is only a field's default is no method."""
    default = what == "class" and inspect.isfunction(obj) and "." not in obj.__qualname__
    return skipped or default


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", process)
    app.connect("autodoc-process-signature", shorten)
    app.connect("autodoc-skip-member", skip)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
