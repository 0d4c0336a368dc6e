"""Questions that a reader answers in the page, with an explanation for every choice.

    ```{selfcheck} sc-mpc-replan
    What does replanning use that the first plan did not have?

    - [ ] A better model
      : The model is the same; it is asked again from another state.
    - [x] The state that has been observed since
      : The error of the steps so far is gone, and only that of the next horizon is left.
    ```

The argument is an id of the whole course, under which the reader's browser remembers the answer.
Question and choices are Markdown of one paragraph; the question may go on with further ones, and
so may an explanation, indented. Several right choices make boxes to tick. Without JavaScript, and
on paper, every explanation can be read below its choice.

`{selfcheck-progress}` lists the chapters with their numbers of questions, and how many of them
this reader has answered.

Ready-made packages were looked at in 2026: jupyterquiz and sphinx-yaq show nothing without
JavaScript, teachbooks-questions has cards that no key reaches and asks a CDN for a script.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

FOLDER = Path(__file__).resolve().parent.parent / "_selfcheck"
PROGRESS_PAGE = "book/students"
CHOICE = re.compile(r"^- \[(?P<mark>[ xX])\] +(?P<text>\S.*)$")
WHY = re.compile(r"^ +: +(?P<text>\S.*)$")
ID = re.compile(r"sc-[a-z0-9]+(-[a-z0-9]+)+")
logger = logging.getLogger(__name__)


class selfcheck(nodes.General, nodes.Element):
    """A question with its choices."""


class selfcheck_question(nodes.General, nodes.TextElement):
    """The first paragraph of the question: the legend."""


class selfcheck_choice(nodes.General, nodes.Element):
    """One choice: its label, then its explanation."""


class selfcheck_label(nodes.General, nodes.TextElement):
    """The words of a choice."""


class selfcheck_why(nodes.General, nodes.Element):
    """The explanation of a choice."""


class selfcheck_count(nodes.General, nodes.Element):
    """Stands for how many questions a page has, until all pages have been read."""


class selfcheck_progress(nodes.General, nodes.Element):
    """Stands for the list of chapters and their questions."""


@dataclass
class Part:
    """Some lines of the directive, and where in it they begin (0-based)."""

    start: int
    lines: list[str] = field(default_factory=list)


@dataclass
class Choice:
    """A choice as it was written."""

    right: bool
    label: Part
    why: Part


def read(lines: list[str]) -> tuple[Part, list[Choice]]:
    """The question and its choices. Raises `ValueError` for what cannot be a question."""
    question, choices = Part(0), []
    current = question
    for number, line in enumerate(lines):
        if found := CHOICE.match(line):
            current = Part(number, [found["text"]])
            choices.append(Choice(found["mark"] != " ", current, Part(number)))
        elif choices and not choices[-1].why.lines and (found := WHY.match(line)):
            current = choices[-1].why
            current.start = number
            current.lines.append(found["text"])
        elif choices and line.startswith("- "):
            raise ValueError(f"a choice begins with '- [ ] ' or '- [x] ', not with {line[:20]!r}")
        else:
            current.lines.append(re.sub(r"^ {1,4}", "", line) if choices else line)
    _check(question, choices)
    return question, choices


def _check(question: Part, choices: list[Choice]) -> None:
    if not any(line.strip() for line in question.lines):
        raise ValueError("there is no question above the choices")
    if len(choices) < 2:
        raise ValueError(f"a question has at least two choices, here are {len(choices)}")
    if not any(choice.right for choice in choices):
        raise ValueError("no choice is right: mark one with '- [x] '")
    if all(choice.right for choice in choices):
        raise ValueError("every choice is right: there is nothing to choose")
    for choice in choices:
        if not choice.why.lines:
            words = " ".join(choice.label.lines).strip()
            raise ValueError(
                f"the choice {words!r} has no explanation: a line that begins with '  : '"
            )


class SelfCheck(SphinxDirective):
    """The directive `selfcheck`; its argument is the question's id."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The question, parsed. Every fault is an error at the line of the directive."""
        name = self.arguments[0]
        if not ID.fullmatch(name):
            raise self.error(f"the id of a self-check reads like sc-mpc-replan; got {name!r}")
        try:
            question, choices = read(list(self.content))
        except ValueError as error:
            raise self.error(f"the self-check {name!r}: {error}") from None
        for file in ("selfcheck.css", "selfcheck.js"):
            self.env.note_dependency(str(FOLDER / file))  # the page names their checksums
        several = sum(choice.right for choice in choices) > 1
        place = selfcheck("", ids=[name], name=name, several=several)
        first, others = self._split(question)
        place += selfcheck_question("", "", *first.children)
        if others:
            place += nodes.container("", *others, classes=["selfcheck-more"])
        for number, choice in enumerate(choices):
            place += self._choice(choice, name, number, several)
        self.set_source_info(place)
        _known(self.env).setdefault(self.env.docname, []).append((name, self.lineno))
        return [place]

    def _choice(self, choice: Choice, name: str, number: int, several: bool) -> selfcheck_choice:
        words, others = self._split(choice.label)
        if others or any(words.findall(nodes.reference)) or any(words.findall(pending_xref)):
            raise self.error(f"{_start(choice.label)!r}: a choice is one paragraph without links")
        if all(isinstance(n, nodes.math) or not n.astext().strip() for n in words.children):
            # to some readers' programs a formula is no name
            raise self.error(f"{_start(choice.label)!r}: a choice has words beside its formula")
        key = {"choice": f"{name}-{number}", "right": choice.right}
        label = selfcheck_label("", "", *words.children, **key)
        label.attributes |= {"name": name, "number": number, "several": several}
        why = selfcheck_why("", *self._parsed(choice.why), **key)
        return selfcheck_choice("", label, why, right=choice.right)

    def _parsed(self, part: Part) -> list[nodes.Node]:
        holder = nodes.Element()
        source = str(self.env.doc2path(self.env.docname))
        lines = StringList(part.lines, source=source)
        self.state.nested_parse(lines, self.content_offset + part.start, holder)
        return holder.children

    def _split(self, part: Part) -> tuple[nodes.paragraph, list[nodes.Node]]:
        """The part's first paragraph, and what else there is."""
        first, *others = self._parsed(part)
        if not isinstance(first, nodes.paragraph):
            raise self.error(f"{_start(part)!r} should be a paragraph of text")
        return first, others


def _start(part: Part) -> str:
    return " ".join(part.lines).strip()[:60]


def _known(env: BuildEnvironment) -> dict[str, list[tuple[str, int]]]:
    """The questions of each page: id and line."""
    if not hasattr(env, "mbrl_selfchecks"):
        env.mbrl_selfchecks = {}
    return env.mbrl_selfchecks


class SelfCheckProgress(SphinxDirective):
    """The directive `selfcheck-progress`."""

    def run(self) -> list[nodes.Node]:
        """Its place in the page."""
        return [selfcheck_progress()]


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """A page is read again, or gone."""
    _known(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: Any) -> None:
    """Pages that another process has read."""
    for docname in docnames:
        if docname in _known(other):
            _known(env)[docname] = _known(other)[docname]


def check_ids(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """No id twice in the course; the page with all counts is written anew."""
    seen: dict[str, str] = {}
    for docname in sorted(_known(env)):
        for name, line in _known(env)[docname]:
            if name in seen:
                logger.warning(
                    "the self-check %r is in %s already", name, seen[name],
                    location=(docname, line),
                )  # fmt: skip
            seen[name] = docname
    return [PROGRESS_PAGE] if PROGRESS_PAGE in env.found_docs else []


def ordered(env: BuildEnvironment) -> Iterator[tuple[str, list[str]]]:
    """The pages with questions in the order of the book, each with its questions' ids."""
    known = _known(env)
    queue, seen = [env.config.root_doc], set()
    while queue:
        docname = queue.pop(0)
        if docname in seen:
            continue
        seen.add(docname)
        if docname in known:
            yield docname, [name for name, _ in known[docname]]
        queue = list(env.toctree_includes.get(docname, [])) + queue


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put in the counts, and the list where it is asked for."""
    for place in list(doctree.findall(selfcheck_progress)):
        place.replace_self(_list(app, docname))
    for place in list(doctree.findall(selfcheck_count)):
        names = [name for name, _ in _known(app.env).get(docname, [])]
        if names:
            place.replace_self(nodes.raw("", _count(names), format="html"))
        else:
            item = place.parent.parent
            item.parent.remove(item)


def _count(names: list[str]) -> str:
    """How many questions; a script says behind it how many of them are answered."""
    words = f"{len(names)} self-check" + "s" * (len(names) != 1)
    return f'<span data-selfchecks="{" ".join(names)}">{words}</span>'


def _list(app: Sphinx, docname: str) -> nodes.Node:
    titles = app.env.titles
    rows = [
        f'<li><a href="{app.builder.get_relative_uri(docname, page)}">'
        f"{_escaped(titles[page].astext())}</a>: {_count(names)}</li>"
        for page, names in ordered(app.env)
    ]
    text = '<ul class="selfcheck-progress">\n' + "\n".join(rows) + "\n</ul>\n"
    return nodes.raw("", text, format="html")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def visit_selfcheck(self: Any, node: selfcheck) -> None:
    """Open form and fieldset."""
    kind = "several" if node["several"] else "one"
    self.body.append(f'<form class="selfcheck" id="{node["name"]}" data-kind="{kind}"><fieldset>\n')


def depart_selfcheck(self: Any, node: selfcheck) -> None:
    """Close them."""
    self.body.append("</fieldset></form>\n")


def visit_question(self: Any, node: selfcheck_question) -> None:
    """The legend."""
    self.body.append('<legend><span class="selfcheck-kicker">Check yourself</span> ')


def depart_question(self: Any, node: selfcheck_question) -> None:
    """Several right choices are announced: boxes alone are easily overlooked."""
    several = node.parent["several"]
    hint = ' <span class="selfcheck-hint">Tick all that hold.</span>' if several else ""
    self.body.append(f"{hint}</legend>\n")


def visit_choice(self: Any, node: selfcheck_choice) -> None:
    """A choice."""
    verdict = "right" if node["right"] else "wrong"
    self.body.append(f'<div class="selfcheck-choice" data-verdict="{verdict}">\n')


def depart_choice(self: Any, node: selfcheck_choice) -> None:
    """It ends."""
    self.body.append("</div>\n")


def visit_label(self: Any, node: selfcheck_label) -> None:
    """The button and its words."""
    kind = "checkbox" if node["several"] else "radio"
    self.body.append(
        f'<label class="selfcheck-label" for="{node["choice"]}"><input type="{kind}" '
        f'id="{node["choice"]}" name="{node["name"]}" value="{node["number"]}" '
        f'autocomplete="off"><span>'
    )


def depart_label(self: Any, node: selfcheck_label) -> None:
    """They end."""
    self.body.append("</span></label>\n")


def visit_why(self: Any, node: selfcheck_why) -> None:
    """The explanation, folded until its choice is made; a mark and a word say the verdict."""
    sign, words = ("\N{CHECK MARK}", "Right") if node["right"] else ("\N{BALLOT X}", "Not this one")
    self.body.append(
        f'<details class="selfcheck-why" id="{node["choice"]}-why"><summary>Explanation</summary>'
        f'<div class="selfcheck-text"><p class="selfcheck-verdict">'
        f'<span aria-hidden="true">{sign}</span> {words}</p>\n'
    )


def depart_why(self: Any, node: selfcheck_why) -> None:
    """It ends."""
    self.body.append("</div></details>\n")


def skip(self: Any, node: nodes.Element) -> None:
    """Other formats print what is in it."""


def add_files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Style and script for pages with questions, or with the list."""
    if tree is None or (page not in _known(app.env) and page != PROGRESS_PAGE):
        return
    app.add_css_file("../selfcheck/selfcheck.css")
    app.add_js_file("../selfcheck/selfcheck.js", loading_method="defer")


def copy(app: Sphinx) -> None:
    """Copy them into the site, before the pages that name their checksums."""
    if app.builder.format != "html":
        return
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)  # paths begin there
    target = Path(app.outdir) / "selfcheck"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(FOLDER, target, ignore=shutil.ignore_patterns(".*"))


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    visitors = {
        selfcheck: (visit_selfcheck, depart_selfcheck),
        selfcheck_question: (visit_question, depart_question),
        selfcheck_choice: (visit_choice, depart_choice),
        selfcheck_label: (visit_label, depart_label),
        selfcheck_why: (visit_why, depart_why),
    }
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (skip, skip))
    for node, visit in visitors.items():
        app.add_node(node, html=visit, **others)
    app.add_directive("selfcheck", SelfCheck)
    app.add_directive("selfcheck-progress", SelfCheckProgress)
    app.connect("builder-inited", copy)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", check_ids)
    app.connect("doctree-resolved", fill_in)
    app.connect("html-page-context", add_files)
    return {
        "version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True,
    }  # fmt: skip
