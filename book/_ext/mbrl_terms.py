"""Words of the glossary say what they mean, on hover and on keyboard focus.

A page that uses the role `term` gets the definitions of its terms, as they stand in the glossary,
and the script `book/_terms/terms.js`, which shows them. Other pages get neither. Without the script
a term is a link to the glossary.
"""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
FILES = Path(__file__).resolve().parent.parent / "_terms"
THERE = 'href="'
HERE = f"{THERE}#"
TARGET = re.compile(r"#(term-[\w.-]+)$")


def mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Links to terms get a class, by which style sheet and script find them."""
    if docname == GLOSSARY:
        return
    for link in _links(doctree):
        link["classes"].append("mbrl-term")


def add_definitions(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Definitions, script and style sheet for a page that uses terms."""
    if tree is None or page == GLOSSARY:
        return
    used = dict.fromkeys(TARGET.search(link["refuri"])[1] for link in _links(tree))
    if not used:
        return
    glossary = app.builder.get_relative_uri(page, GLOSSARY)
    known = definitions(app)
    kept = (
        f'<template id="mbrl-{term}">{known[term].replace(HERE, f"{THERE}{glossary}#")}</template>'
        for term in used if term in known
    )  # fmt: skip
    context["body"] += "\n".join(["<div hidden>", *kept, "</div>", ""])
    app.add_css_file("../terms/terms.css")
    app.add_js_file("../terms/terms.js", loading_method="defer")


def definitions(app: Sphinx) -> dict[str, str]:
    """The glossary's definitions as HTML, by the id of the term."""
    kept = getattr(app, "mbrl_definitions", None)
    if kept is None:
        kept = app.mbrl_definitions = {}
        tree = app.env.get_and_resolve_doctree(GLOSSARY, app.builder)
        for item in tree.findall(nodes.definition_list_item):
            words = list(item.findall(nodes.term))
            explained = next(item.findall(nodes.definition))
            said = "".join(_html(app, child) for child in explained.children)
            for term in words:
                title = f'<p class="mbrl-definition-term">{html.escape(term.astext())}</p>'
                kept.update(dict.fromkeys(term["ids"], title + said))
    return kept


def _html(app: Sphinx, node: nodes.Node) -> str:
    return app.builder.render_partial(node)["fragment"]


def _links(tree: nodes.document) -> list[nodes.reference]:
    return [
        link for link in tree.findall(nodes.reference)
        if TARGET.search(link.get("refuri", "")) and link.get("internal")
    ]  # fmt: skip


def renew(app: Sphinx, env: Any, added: set, changed: set, removed: set) -> list[str]:
    """When the glossary changed, so have the pages that quote it."""
    if GLOSSARY not in changed:
        return []
    return [
        name for name in env.found_docs
        if "{term}`" in Path(env.doc2path(name)).read_text(encoding="utf-8")
    ]  # fmt: skip


def copy(app: Sphinx) -> None:
    """Copy script and style sheet into the site, before the pages that name their checksums."""
    if app.builder.format != "html":
        return
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)  # paths begin there
    shutil.copytree(FILES, Path(app.outdir) / "terms", dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("builder-inited", copy)
    app.connect("env-get-outdated", renew)
    app.connect("doctree-resolved", mark)
    app.connect("html-page-context", add_definitions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
