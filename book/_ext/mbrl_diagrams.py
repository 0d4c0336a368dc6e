"""Drawings that follow the theme.

A figure or an image whose file is an SVG of `book/images` becomes part of the page, and not a
picture beside it: so the drawing takes the page's colours, in light and in dark. Its colours are
the page's variables, with a fallback for where there is no page, as in `var(--mbrl-blue, #2f7fb5)`.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

HEAD = re.compile(r"^.*?<svg\b", re.DOTALL)
IDS = re.compile(r'(\bid="|url\(#)([\w-]+)')


def put_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the pictures by the drawings themselves."""
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir) / image["uri"]
        if path.suffix == ".svg" and path.is_file():
            image.replace_self(nodes.raw("", drawing(path, image.get("alt", "")), format="html"))


def drawing(path: Path, alt: str) -> str:
    """The SVG's text, with its description, and ids that are no other drawing's."""
    text = path.read_text(encoding="utf-8")
    words = html.escape(" ".join(alt.split()))
    text = HEAD.sub(f'<svg class="mbrl-diagram" role="img" aria-label="{words}"', text, count=1)
    return IDS.sub(rf"\g<1>{path.stem}-\g<2>", text)


def depend(app: Sphinx, doctree: nodes.document) -> None:
    """A page is written anew when one of its drawings changes."""
    for image in doctree.findall(nodes.image):
        if image["uri"].endswith(".svg"):
            app.env.note_dependency(str(Path(app.srcdir) / image["uri"]))


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("doctree-read", depend)
    app.connect("doctree-resolved", put_in)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
