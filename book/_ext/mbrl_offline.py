"""The last touch that lets the site be read from a folder on disk.

The theme preloads its icon fonts with a cross-origin request, which browsers refuse for `file://`;
the fonts then load anyway, by the style sheet. So the preloads only leave errors in the console.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

PRELOAD = re.compile(r'\n?[ \t]*<link\b[^>]*\brel="preload"[^>]*\bas="font"[^>]*>')


def drop_preloads(app: Sphinx, exception: Exception | None) -> None:
    """Take the font preloads out of every page."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        kept = PRELOAD.sub("", text)
        if kept != text:
            path.write_text(kept, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("build-finished", drop_preloads)
    # Jupyter Book sets it for sphinx_comments, which this book does without
    app.add_config_value("comments_config", {}, "html", dict)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
