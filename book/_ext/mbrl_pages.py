"""The last touches to every page: read from a folder on disk, or without eyes or mouse.

- The theme preloads its icon fonts with a cross-origin request, which browsers refuse for
  `file://`; the fonts load anyway, by the style sheet, and the preloads only leave errors.
- The arrows that unfold the table of contents get a name, and the list of citations loses a role
  that its entries do not fit.
- A formula, a table or a figure too wide for the screen scrolls, and can be reached with the
  keyboard.
- A link in the title of a solution begins with its words, and not with a space.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

TOUCHES = (
    (re.compile(r'\n?[ \t]*<link\b[^>]*\brel="preload"[^>]*\bas="font"[^>]*>'), ""),
    (
        re.compile(r'<summary>(?=\s*<span class="toctree-toggle")'),
        '<summary aria-label="Show or hide the pages below">',
    ),
    (re.compile(r'<div role="list" class="citation-list">'), '<div class="citation-list">'),
    (re.compile(r'(?<="admonition-title">Solution to)(<a\b[^>]*>) '), r" \1"),
)
REACH_WIDE_THINGS = """
(() => {
  const things = () => document.querySelectorAll(
    "mjx-container, .pst-scrollable-table-container, figure",
  );
  // measured all at once, and only then changed: the page is laid out but once
  const measured = (wide) => {
    const inline = wide.localName === "mjx-container" && !wide.hasAttribute("display");
    const frame = inline ? wide.parentElement.closest("p, li, td, dd, legend, label, div") : wide;
    return { wide, inline, over: wide.scrollWidth > frame.clientWidth + 1 };
  };
  const reach = () => {
    for (const { wide, inline, over } of [...things()].map(measured)) {
      wide.classList.toggle("mbrl-wide", inline && over);
      if (over) wide.tabIndex = 0;
      else wide.removeAttribute("tabindex");
      if (over && wide.localName === "div") {
        wide.setAttribute("role", "region");
        wide.setAttribute("aria-label", "A table that scrolls sideways");
      }
    }
  };
  let asked = false;
  const soon = () => {
    if (!asked) requestAnimationFrame(() => { asked = false; reach(); });
    asked = true;
  };
  addEventListener("load", () => {
    const drawn = window.MathJax?.startup?.promise ?? Promise.resolve();
    drawn.then(() => {
      reach();
      addEventListener("resize", soon);
      document.addEventListener("toggle", soon, true); // what was folded had no width
      document.addEventListener("click", (event) => {
        if (event.target.closest(".toggle-button")) soon();
      });
    });
  });
})();
"""


def touch_up(app: Sphinx, exception: Exception | None) -> None:
    """Rewrite the pages that need it."""
    if exception is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = before = path.read_text(encoding="utf-8")
        for pattern, replacement in TOUCHES:
            text = pattern.sub(replacement, text)
        if text != before:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("build-finished", touch_up)
    app.add_js_file(None, body=REACH_WIDE_THINGS)
    # Jupyter Book sets it for sphinx_comments, which this book does without
    app.add_config_value("comments_config", {}, "html", dict)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
