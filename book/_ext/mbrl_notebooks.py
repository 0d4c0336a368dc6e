"""A chapter as a notebook that reads well in Jupyter.

jupytext turns the MyST source into cells; what is left is to say in plain Markdown what only
Sphinx understands: included source code is put in, equations get their numbers, boxes become
quotations, solutions fold away, pictures become attachments, roles become their text.
"""

from __future__ import annotations

import ast
import base64
import itertools
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat
from mbrl_evidence import measured, rows
from mbrl_selfcheck import read as read_selfcheck
from nbformat import NotebookNode
from pybtex.database import parse_file
from sphinx.directives.code import LiteralIncludeReader

OPEN = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:.-]+)\} *(?P<title>.*)$")
ROLE = re.compile(r"\{(?P<name>[\w:.-]+)\}`(?P<text>[^`]+)`")
EXPLICIT = re.compile(r"^(?P<text>.+?) *<(?P<target>[^<>]+)>$", re.DOTALL)
LABELLED = re.compile(r"\$\$(?P<math>[^$]+?)\$\$ *\((?P<label>[\w:-]+)\)")
PAGE_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?!https?:|mailto:)[^)]*\)")
SILENT = {"chapter-info", "raw", "bibliography", "tableofcontents", "contents", "index", "evidence"}
PLAIN = {"grid", "tab-set", "table", "container", "div", "epigraph", "margin"}
FOLDED = {"solution", "dropdown", "toggle", "solution-start"}


@dataclass
class Chapter:
    """What converting one chapter needs to know, and what it finds."""

    path: Path
    root: Path
    equations: dict[str, int] = field(default_factory=dict)  # label -> number
    glued: dict[str, str] = field(default_factory=dict)  # key -> value, when it was executed
    works: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> authors, year
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)  # of the current cell


def readable(path: Path, root: Path, glued: dict[str, str]) -> NotebookNode:
    """The notebook of the chapter at `path`, without outputs.

    `root` is what `/` stands for, and holds the bibliography; `glued` are the values that the
    prose quotes, as they were when the chapter was executed.
    """
    text = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="md:myst")
    chapter = Chapter(path, root, _numbered(text), glued, works(root / "book/references.bib"))
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = _without_glue(cell.source)
            continue
        chapter.attachments = {}
        cell.source = convert(cell.source, chapter).strip()
        if chapter.attachments:
            cell.attachments = chapter.attachments
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    notebook.cells.insert(0, _about())
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def works(path: Path) -> dict[str, tuple[str, str]]:
    """Authors and year of each entry of the bibliography, as they are cited."""
    found = {}
    for key, entry in parse_file(str(path)).entries.items():
        people = (p.rich_prelast_names + p.rich_last_names for p in entry.persons["author"])
        names = [" ".join(map(str, person)) for person in people]
        if len(names) > 2 or names[-1] == "others":
            names = [f"{names[0]} et al."]
        found[key] = (" and ".join(names), entry.fields["year"])
    return found


def _without_glue(source: str) -> str:
    """A cell without the lines that only hand numbers to the prose of the page."""
    if "glue" not in source:
        return source
    lines = source.split("\n")
    drop = {n for node in ast.walk(ast.parse(source)) if _glues(node) for n in _lines(node)}
    return "\n".join(line for n, line in enumerate(lines, start=1) if n not in drop).strip("\n")


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, node.end_lineno + 1)


def _glues(node: ast.AST) -> bool:
    """Whether a statement imports or calls `glue`, or is a loop that does nothing else."""
    if isinstance(node, ast.For | ast.If):
        return all(map(_glues, node.body)) and not node.orelse
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return getattr(node.value.func, "id", "") == "glue"
    return isinstance(node, ast.ImportFrom) and node.module == "myst_nb"


def _about() -> NotebookNode:
    cell = nbformat.v4.new_markdown_cell(
        "*A chapter of the course Model-Based Reinforcement Learning, as a notebook. It runs "
        "where the course's library `mbrl_lib` is installed.*"
    )
    cell.id = "about"
    return cell


def _numbered(text: str) -> dict[str, int]:
    """The labels of the equations, numbered in the order in which they come."""
    found = re.findall(r"(?:\$\$ *\(([\w:-]+)\)|\{math\}\s*\n *:label: *([\w:-]+))", text)
    return {a or b: number for number, (a, b) in enumerate(found, start=1)}


def convert(text: str, chapter: Chapter) -> str:
    """MyST to plain Markdown."""
    lines, done = text.split("\n"), []
    position = 0
    while position < len(lines):
        line = lines[position]
        opened = OPEN.match(line)
        if opened:
            end = _closing(lines, position, opened["fence"])
            done.append(_directive(opened, lines[position + 1 : end], chapter))
            position = end + 1
        elif re.match(r"^ *(`{3,}|~{3,})", line):  # code: left as it is
            end = _closing(lines, position, re.match(r"^ *(`{3,}|~{3,})", line)[1])
            done.extend(lines[position : end + 1])
            position = end + 1
        else:
            end = next(
                (i for i in range(position, len(lines)) if re.match(r"^ *(`{3,}|~{3,}|:{3,}\{)",
                 lines[i])), len(lines),
            )  # fmt: skip
            done.append(_prose("\n".join(lines[position:end]), chapter))
            position = end
    return "\n".join(done)


def _closing(lines: list[str], start: int, fence: str) -> int:
    """The line that closes the fence; the last one if none does."""
    for i in range(start + 1, len(lines)):
        line = lines[i].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return i
    return len(lines) - 1


def _directive(opened: re.Match, body: list[str], chapter: Chapter) -> str:
    name, title = opened["name"], opened["title"].strip()
    options, content = _options([line.removeprefix(opened["indent"]) for line in body])
    text = "\n".join(content).strip("\n")
    if name in SILENT or name.endswith("-end"):
        return ""
    for names, handler in HANDLERS:
        if name in names:
            return handler(title, options, text, chapter)
    inner = convert(text, chapter).strip()
    title = _prose(title, chapter)
    if name in PLAIN:
        return f"**{title}**\n\n{inner}\n" if title and name == "table" else f"{inner}\n"
    if name in FOLDED:
        label = "Solution" if name.startswith("solution") else title or "More"
        return f"<details><summary>{label}</summary>\n\n{inner}\n\n</details>\n"
    kind = name.removesuffix("-start").split(":")[-1].replace("-", " ").capitalize()
    kind = "" if name in ("admonition", "card", "grid-item-card", "grid-item", "tab-item") else kind
    heading = ": ".join(part for part in (kind, title) if part)
    quoted = "\n".join(f"> {line}".rstrip() for line in f"**{heading}**\n\n{inner}".split("\n"))
    return f"{quoted}\n"


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """A directive's options, and the lines that are left."""
    options: dict[str, str] = {}
    rest = list(itertools.dropwhile(lambda line: not line.strip(), body))
    if rest and rest[0].strip() == "---":
        end = next((i for i in range(1, len(rest)) if rest[i].strip() == "---"), 0)
        pairs, rest = rest[1:end], rest[end + 1 :]
        options = {k.strip(): v.strip() for k, _, v in (p.partition(":") for p in pairs)}
    while rest and (found := re.match(r"^:([\w-]+):(?: +(.*))?$", rest[0])):
        options[found[1]] = (found[2] or "").strip()
        rest = rest[1:]
    return options, rest


def _include(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    given = {k: v for k, v in options.items() if k not in ("language", "caption", "name", "class")}
    given = {k: int(v) if k == "dedent" and v else v for k, v in given.items()}
    base = chapter.root if title.startswith("/") else chapter.path.parent
    path = (base / title.lstrip("/")).resolve()
    source, _ = LiteralIncludeReader(str(path), given, _Encoding()).read()
    where = path.relative_to(chapter.root)
    return f"From `{where}`:\n\n```python\n{source.rstrip()}\n```\n"


class _Encoding:
    """What `LiteralIncludeReader` asks of Sphinx's configuration."""

    source_encoding = "utf-8"


def _code(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    return f"```{title}\n{text}\n```\n"


def _math(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    number = chapter.equations.get(options.get("label", ""))
    tag = f" \\tag{{{number}}}" if number else ""
    return f"$$\n{title}{text.strip()}{tag}\n$$\n"


def _figure(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    base = chapter.root if title.startswith("/") else chapter.path.parent
    path = base / title.lstrip("/")
    kind = mimetypes.guess_type(path.name)[0] or "image/png"
    data = base64.b64encode(path.read_bytes()).decode()
    chapter.attachments[path.name] = {kind: data}
    caption = convert(text, chapter).strip()
    return f"![{options.get('alt', '')}](attachment:{path.name})\n\n{caption}\n"


def _demo(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    """A live demo is its picture, its question, and what the page says about it."""
    picture = _figure(options["still"], {"alt": options["alt"]}, "", chapter).strip()
    words = convert(text, chapter).strip()
    question = f"**{options['question']}** (On the page of this chapter you can try it.)"
    return f"{question}\n\n{picture}\n\n{words}\n"


def _list_table(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    rows = [
        [" ".join(cell.split()) for cell in re.split(r"^ +- ", row, flags=re.MULTILINE)]
        for row in re.split(r"^\* - ", text, flags=re.MULTILINE)[1:]
    ]
    lines = ["| " + " | ".join(_prose(cell, chapter) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    heading = f"**{_prose(title, chapter)}**\n\n" if title else ""
    return heading + "\n".join(lines) + "\n"


def _selfcheck(title: str, options: dict[str, str], text: str, chapter: Chapter) -> str:
    question, choices = read_selfcheck(text.split("\n"))
    asked = convert("\n".join(question.lines), chapter).strip()
    answers = "\n".join(
        f"<details><summary>{_prose(' '.join(choice.label.lines).strip(), chapter)}</summary>\n\n"
        f"**{'Right' if choice.right else 'Not this one'}.** "
        f"{convert(chr(10).join(choice.why.lines), chapter).strip()}\n\n</details>\n"
        for choice in choices
    )
    return f"**Check yourself.** {asked}\n\n{answers}"


Handler = Callable[[str, dict[str, str], str, Chapter], str]
HANDLERS: tuple[tuple[set[str], Handler], ...] = (
    ({"literalinclude"}, _include),
    ({"code-block", "code", "sourcecode"}, _code),
    ({"math"}, _math),
    ({"figure", "image"}, _figure),
    ({"demo"}, _demo),
    ({"list-table"}, _list_table),
    ({"selfcheck"}, _selfcheck),
)


def _prose(text: str, chapter: Chapter) -> str:
    text = re.sub(r"^\([\w:.-]+\)= *\n?", "", text, flags=re.MULTILINE)  # labels
    text = re.sub(r"^\{[.#][^}]*\} *\n?", "", text, flags=re.MULTILINE)  # attributes
    text = re.sub(r"^(\+\+\+|%).*\n?", "", text, flags=re.MULTILINE)  # breaks and comments
    text = LABELLED.sub(lambda m: _equation(m, chapter), text)
    text = ROLE.sub(lambda m: _role(m, chapter), text)
    return PAGE_LINK.sub(lambda m: m["text"], text)


def _equation(found: re.Match, chapter: Chapter) -> str:
    number = chapter.equations[found["label"]]
    return f"$$\n{found['math'].strip()} \\tag{{{number}}}\n$$"


def _role(found: re.Match, chapter: Chapter) -> str:
    name, text = found["name"], " ".join(found["text"].split())
    explicit = EXPLICIT.match(text)
    words, target = (explicit["text"], explicit["target"]) if explicit else (text, text)
    if name == "eq":
        return _equation_number(target, chapter)
    if name.startswith("cite"):
        return _cited(name, target, chapter)
    if name == "glue:text":
        return _glued(target, chapter)
    if name == "evidence":
        return _evidence(target, chapter.root)
    if name == "doc":
        return words if explicit else _title(target, chapter)
    if name == "math":
        return f"${words}$"
    if name in ("ref", "numref", "prf:ref"):
        return words if explicit else words.split("/")[-1].replace("-", " ").replace("_", " ")
    if name.startswith("py:") or name in ("func", "class", "meth", "mod", "code"):
        return f"`{words.removeprefix('~').split('.')[-1] if words.startswith('~') else words}`"
    return words


def _equation_number(label: str, chapter: Chapter) -> str:
    """`(4)`: the number of an equation of this chapter, or else of another."""
    if label in chapter.equations:
        return f"({chapter.equations[label]})"
    for other in sorted(chapter.path.parent.glob("*.md")):
        numbers = _numbered(other.read_text(encoding="utf-8"))
        if label in numbers:
            return f"({numbers[label]})"
    return f"({label})"


def _cited(role: str, keys: str, chapter: Chapter) -> str:
    cited = [chapter.works.get(key.strip(), (key.strip(), "")) for key in keys.split(",")]
    if role == "cite:t":
        return ", ".join(f"{authors} ({year})" for authors, year in cited)
    return "(" + "; ".join(f"{authors}, {year}" for authors, year in cited) + ")"


def _glued(text: str, chapter: Chapter) -> str:
    """The value of `key` or `key:format`, formatted as on the page."""
    key, _, form = text.partition(":")
    value = chapter.glued.get(key, key)
    if form and key in chapter.glued:
        return format(float(re.sub(r"^np\.\w+\((.*)\)$", r"\1", value)), form)
    return value.strip("'\"")


def _evidence(identifier: str, root: Path) -> str:
    """What a row of the evidence measured."""
    row = next((row for row in rows(root) if row["id"] == identifier), None)
    return measured(row) if row else identifier


def _title(target: str, chapter: Chapter) -> str:
    base = chapter.root if target.startswith("/") else chapter.path.parent
    path = base / f"{target.lstrip('/')}.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    heading = re.search(r"^# +(.+)$", text, flags=re.MULTILINE)
    return heading[1] if heading else target
