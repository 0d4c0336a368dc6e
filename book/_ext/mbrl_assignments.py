"""The list of assignments, read from the notebooks in `assignments/`.

`{assignment-list}` prints, for each notebook there, its title and opening paragraph, what the
student writes, the chapters it leans on, and a link that downloads it. A new assignment appears
by itself.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective


@dataclass(frozen=True)
class Assignment:
    """What the page says about one notebook."""

    name: str  # of its folder, and of the notebook in it
    title: str
    opening: str  # its first paragraph, Markdown
    writes: tuple[str, ...]  # the functions and classes to write
    points: float
    chapters: tuple[str, ...]  # the chapters that its checks tell the student to reread


def assignments(root: Path) -> list[Assignment]:
    """All assignments that students can download, in order."""
    found = (p for p in root.glob("assignments/*/*.ipynb") if p.stem == p.parent.name)
    number = re.compile(r"\d+")
    order = sorted(found, key=lambda p: (int((number.search(p.stem) or ["0"])[0]), p.stem))
    return [_read(path) for path in order]


def _read(path: Path) -> Assignment:
    cells = nbformat.read(path, as_version=4).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    title = re.search(r"^# +(.+)$", prose, flags=re.MULTILINE)
    after = prose[title.end() :] if title else prose
    graded = [cell.metadata.get("nbgrader", {}) for cell in cells]
    solutions = [
        cell.source for cell in cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]  # fmt: skip
    reread = re.findall(r"reread\s*=\s*[\"']([^,\"']+)", code)
    return Assignment(
        path.stem,
        title[1].strip() if title else path.stem,
        next((p.strip() for p in re.split(r"\n\s*\n", after) if _is_paragraph(p)), ""),
        tuple(name for source in solutions for name in _defined(source)),
        sum(meta.get("points", 0) for meta in graded if meta.get("grade")),
        tuple(dict.fromkeys(chapter.strip() for chapter in reread)),
    )


def _is_paragraph(text: str) -> bool:
    return bool(re.match(r"\s*[\w*_`\"“(]", text)) and not text.lstrip().startswith("* ")


def _defined(source: str) -> list[str]:
    """The names of the functions and classes that a cell defines."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]


def chapter_titles(root: Path) -> dict[str, str]:
    """The first heading of every page in the table of contents, with the page's docname."""
    text = (root / "_toc.yml").read_text(encoding="utf-8")
    titles = {}
    for docname in _files(yaml.safe_load(text)):
        path = root / f"{docname}.md"
        if not path.exists():
            continue
        heading = re.search(r"^# +(.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if heading:
            titles[heading[1].strip()] = docname
    return titles


def _files(entry: object) -> list[str]:
    if isinstance(entry, list):
        return [name for part in entry for name in _files(part)]
    if isinstance(entry, dict):
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [name for value in entry.values() for name in _files(value)]
    return []


class AssignmentList(SphinxDirective):
    """One section for each assignment."""

    def run(self) -> list[nodes.Node]:
        """The sections; a plain sentence when there are none."""
        root = Path(self.env.srcdir)
        found = assignments(root)
        if not found:
            return [nodes.paragraph("", "No assignment has been released yet.")]
        titles = chapter_titles(root)
        return [self._section(assignment, titles) for assignment in found]

    def _section(self, assignment: Assignment, titles: dict[str, str]) -> nodes.section:
        anchor = f"assignment-{assignment.name}".lower()
        domain = self.env.get_domain("std")
        domain.anonlabels[anchor] = (self.env.docname, anchor)
        domain.labels[anchor] = (self.env.docname, anchor, assignment.title)
        section = nodes.section(ids=[anchor], names=[anchor])
        section += nodes.title("", assignment.title)
        section += self._parsed(assignment.opening)
        section += self._facts(assignment, titles)
        section += nodes.paragraph("", "", self._download(assignment), classes=["mbrl-download"])
        self.env.note_dependency(str(self._path(assignment)))
        return section

    def _facts(self, assignment: Assignment, titles: dict[str, str]) -> nodes.bullet_list:
        facts = nodes.bullet_list(classes=["mbrl-facts"])
        facts += _fact("You write", _listed([nodes.literal("", n) for n in assignment.writes]))
        chapters = [self._chapter(name, titles) for name in assignment.chapters]
        facts += _fact("It builds on", _listed(chapters))
        facts += _fact("Points", [nodes.Text(f"{assignment.points:g}")])
        return facts

    def _chapter(self, title: str, titles: dict[str, str]) -> nodes.Node:
        if title not in titles:
            return nodes.inline("", title)
        return addnodes.pending_xref(
            "", nodes.inline("", title), refdomain="std", reftype="doc", refexplicit=True,
            refwarn=True, reftarget=f"/{titles[title]}", refdoc=self.env.docname,
        )  # fmt: skip

    def _download(self, assignment: Assignment) -> nodes.Node:
        target = f"/assignments/{assignment.name}/{assignment.name}.ipynb"
        return addnodes.download_reference(
            "", "", nodes.inline("", f"Download {assignment.name}.ipynb"), reftarget=target,
            refdomain="", reftype="download", refexplicit=True, refwarn=False,
            refdoc=self.env.docname, classes=["mbrl-button"],
        )  # fmt: skip

    def _path(self, assignment: Assignment) -> Path:
        folder = Path(self.env.srcdir) / "assignments" / assignment.name
        return folder / f"{assignment.name}.ipynb"

    def _parsed(self, markdown: str) -> list[nodes.Node]:
        holder = nodes.Element()
        self.state.nested_parse(markdown.splitlines(), self.content_offset, holder)
        return holder.children


def _fact(name: str, content: list[nodes.Node]) -> nodes.list_item:
    words = nodes.strong("", f"{name}: ")
    return nodes.list_item("", nodes.paragraph("", "", words, *content))


def _listed(parts: list[nodes.Node]) -> list[nodes.Node]:
    if not parts:
        return [nodes.Text("nothing named")]
    with_commas = [node for part in parts for node in (nodes.Text(", "), part)]
    return with_commas[1:]


def always_renew(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """The page with the list: a new notebook changes no file that it knows."""
    return [name for name in ("book/assignments",) if name in env.found_docs]


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.add_directive("assignment-list", AssignmentList)
    app.connect("env-get-outdated", always_renew)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
