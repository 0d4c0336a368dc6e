"""The assignments, read from the notebooks in `assignments/`.

`{assignment-list}` prints, for each notebook there, its title and opening paragraph, what the
student writes, the chapters it leans on, and a link that downloads it. A new assignment appears
by itself.

    ```{assignment} ps3_mpc
    :hours: 2 to 4
    ```

is the whole of an assignment's own page: the same facts, the points of each task, and the
statement, which is the notebook's prose and the stubs of its answers. Nothing of it is typed in
but the time, which is an estimate. If the student kit has been built, the page offers it too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from nbformat import NotebookNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

KIT = Path("dist") / "mbrl-student-kit.zip"
HEADING = re.compile(r"^(#{1,6}) +(.+)$", re.MULTILINE)
POINTS = re.compile(r" *\(\d[\d +]* points?\)$")


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


class _About(SphinxDirective):
    """What the list and an assignment's own page have in common."""

    def _facts(self, assignment: Assignment, titles: dict[str, str]) -> nodes.bullet_list:
        facts = nodes.bullet_list(classes=["mbrl-facts"])
        facts += _fact("You write", _listed([nodes.literal("", n) for n in assignment.writes]))
        chapters = [self._chapter(name, titles) for name in assignment.chapters]
        if chapters:
            facts += _fact("It builds on", _listed(chapters))
        facts += _fact("Points", [nodes.Text(f"{assignment.points:g}")])
        return facts

    def _chapter(self, title: str, titles: dict[str, str]) -> nodes.Node:
        if title not in titles:
            return nodes.inline("", title)
        return self._link(title, "doc", f"/{titles[title]}")

    def _link(self, words: str, kind: str, target: str) -> addnodes.pending_xref:
        return addnodes.pending_xref(
            "", nodes.inline("", words), refdomain="std", reftype=kind, refexplicit=True,
            refwarn=True, reftarget=target, refdoc=self.env.docname,
        )  # fmt: skip

    def _download(self, assignment: Assignment) -> nodes.Node:
        target = f"/assignments/{assignment.name}/{assignment.name}.ipynb"
        return addnodes.download_reference(
            "", "", nodes.inline("", f"Download {assignment.name}.ipynb"), reftarget=target,
            refdomain="", reftype="download", refexplicit=True, refwarn=False,
            refdoc=self.env.docname, classes=["mbrl-button"],
        )  # fmt: skip

    def _path(self, name: str) -> Path:
        return Path(self.env.srcdir) / "assignments" / name / f"{name}.ipynb"

    def _parsed(self, markdown: str) -> list[nodes.Node]:
        holder = nodes.Element()
        self.state.nested_parse(markdown.splitlines(), self.content_offset, holder)
        return holder.children


class AssignmentList(_About):
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
        section = nodes.section(ids=[nodes.make_id(assignment.name)], names=[assignment.name])
        section += nodes.title("", assignment.title)
        section += self._parsed(assignment.opening)
        section += self._facts(assignment, titles)
        links = [nodes.Text(" "), self._download(assignment)]
        if f"book/assignments/{assignment.name}" in self.env.found_docs:
            page = f"/book/assignments/{assignment.name}"
            links.insert(0, self._link("Read the statement", "doc", page))
        section += nodes.paragraph("", "", *links, classes=["mbrl-download"])
        self.env.note_dependency(str(self._path(assignment.name)))
        return section


class AssignmentPage(_About):
    """The page of one assignment; its argument is the name of the folder."""

    required_arguments = 1
    option_spec = {"hours": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """One section with everything in it; its title is the notebook's."""
        name, root = self.arguments[0], Path(self.env.srcdir)
        path = self._path(name)
        if not path.is_file():
            raise self.error(f"there is no assignment {name!r}: {path} does not exist")
        self.env.note_dependency(str(path))
        assignment, cells = _read(path), nbformat.read(path, as_version=4).cells
        section = self._labelled(assignment)
        section += self._facts_of_page(assignment, chapter_titles(root), chapter_of(root, name))
        section += nodes.paragraph("", "", *self._downloads(assignment), classes=["mbrl-download"])
        section += self._parsed(points_table(cells))
        self._fill(section, cells)
        return [section]

    def _labelled(self, assignment: Assignment) -> nodes.section:
        anchor = f"assignment-{assignment.name}".lower()
        domain = self.env.get_domain("std")
        domain.anonlabels[anchor] = (self.env.docname, anchor)
        domain.labels[anchor] = (self.env.docname, anchor, assignment.title)
        section = nodes.section(ids=[anchor], names=[anchor])
        section += nodes.title("", assignment.title)
        return section

    def _facts_of_page(
        self, assignment: Assignment, titles: dict[str, str], chapter: str | None
    ) -> nodes.bullet_list:
        own = next((title for title, docname in titles.items() if docname == chapter), "")
        others = tuple(name for name in assignment.chapters if name != own)
        facts = self._facts(replace(assignment, chapters=others), titles)
        if "hours" in self.options:
            time = [nodes.Text(f"allow {self.options['hours']} hours (an estimate)")]
            facts += _fact("Time", time)
        if chapter:
            facts.insert(0, _fact("Its chapter", [self._link(own, "doc", f"/{chapter}")]))
        return facts

    def _downloads(self, assignment: Assignment) -> list[nodes.Node]:
        kit = addnodes.download_reference(
            "", "", nodes.inline("", "Download the student kit"), reftarget=f"/{KIT.as_posix()}",
            refdomain="", reftype="download", refexplicit=True, refwarn=False,
            refdoc=self.env.docname, classes=["mbrl-button"],
        )  # fmt: skip
        set_up = self._link("Set up your machine", "doc", "/book/students")
        built = (Path(self.env.srcdir) / KIT).is_file()
        return [
            self._download(assignment), nodes.Text(" "),
            *([kit, nodes.Text(" ")] if built else []), set_up,
        ]  # fmt: skip

    def _fill(self, page: nodes.section, cells: list[NotebookNode]) -> None:
        """The statement, its headings as sections."""
        open_sections = [page]
        for level, title, body in statement(cells):
            if title:
                del open_sections[level - 1 :]
                words = self._parsed(re.sub(r"^(\d+)\.", r"\1\.", title))[0].children  # no list
                section = nodes.section(names=[nodes.fully_normalize_name(title)])
                section += nodes.title("", "", *words)
                self.state.document.note_implicit_target(section, section)
                open_sections[-1] += section
                open_sections.append(section)
            open_sections[-1] += self._parsed(body)


def statement(cells: list[NotebookNode]) -> Iterator[tuple[int, str, str]]:
    """What a student is told: (level of the heading, heading or "", Markdown below it).

    The prose, the stubs of the answers, and after each test how much it is worth. Left out are
    tests, given code, demonstrations and the prose that comments on what these showed.
    """
    parts: list[str] = []
    shown = False  # whether a demonstration ran just before
    for cell in cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and not meta.get("solution"):
            heading = HEADING.search(cell.source)
            if not shown:
                parts.append(cell.source)
            elif heading:  # what a demonstration showed has been said; here something new begins
                parts.append(cell.source[heading.start() :])
                shown = False
        elif cell.cell_type == "code" and meta.get("solution"):
            parts.append(f"```python\n{cell.source}\n```")
        elif cell.cell_type == "code" and meta.get("grade"):
            parts.append(f"*Checks, visible and hidden: {meta['points']:g} points.*")
        elif meta.get("grade"):
            parts.append(f"*Read and marked by a person: {meta['points']:g} points.*")
        shown = (shown and cell.cell_type == "markdown") or "demo" in cell.metadata.get("tags", [])
    for level, title, body in _by_heading("\n\n".join(parts)):
        if level != 1:
            yield level, POINTS.sub("", title), body
        else:  # the page has the title already
            yield level, "", body


def _by_heading(text: str) -> Iterator[tuple[int, str, str]]:
    """Markdown cut at its headings; lines of fenced code that begin with # are none."""
    level, title, body, fenced = 1, "", [], False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        found = None if fenced else HEADING.match(line)
        if found:
            yield level, title, "\n".join(body)
            level, title, body = len(found[1]), found[2].strip(), []
        else:
            body.append(line)
    yield level, title, "\n".join(body)


def points_table(cells: list[NotebookNode]) -> str:
    """A Markdown table: the points of each task, a task being a heading of the second level."""
    tasks: dict[str, float] = {}
    task = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            headings = [t for level, t, _ in _by_heading(cell.source) if level == 2 and t]
            task = POINTS.sub("", headings[-1]) if headings else task
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade"):
            tasks[task] = tasks.get(task, 0) + meta["points"]
    rows = [f"| {title} | {points:g} |" for title, points in tasks.items()]
    return "\n".join(["| Task | Points |", "|---|--:|", *rows])


def chapter_of(root: Path, name: str) -> str | None:
    """The docname of the chapter that gives this assignment in its `chapter-info`."""
    wanted = re.compile(rf"\{{chapter-info\}}\n(?::.*\n)*:assignment: *{re.escape(name)}\n")
    for docname in chapter_titles(root).values():
        if wanted.search((root / f"{docname}.md").read_text(encoding="utf-8")):
            return docname
    return None


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
    app.add_directive("assignment", AssignmentPage)
    app.connect("env-get-outdated", always_renew)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
