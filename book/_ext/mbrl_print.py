"""A page on paper: `book/_static/print.css`, and a script that unfolds what is folded.

Before printing, everything that folds is opened, but for the code behind figures, which stays away,
and a dark page turns light; afterwards all is as it was.
"""

from __future__ import annotations

from sphinx.application import Sphinx

UNFOLD = """
(() => {
  const page = document.documentElement;
  let folded = [], theme = "";
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open], .hide)")];
    for (const part of folded) part.open = true;
    theme = page.dataset.theme;
    page.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
    page.dataset.theme = theme;
  });
})();
"""


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.add_css_file("print.css", media="print")
    app.add_js_file(None, body=UNFOLD)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
