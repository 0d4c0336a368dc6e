"""Small print: what typesetters do, and nobody wants to type.

- A number that a cell computed (`glue`) gets a true minus, `8.9e-07` reads 8.9 × 10⁻⁷, and a
  percent sign stands apart, as in the text around it.
- No line begins with a percent sign.
- A bracket or a full stop stays beside its formula. A drawn formula is like a picture to the
  browser, which breaks the line at either side of it.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

NUMBERS = "pasted-text"  # the class that myst-nb gives to what is glued
VERBATIM = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)
MINUS = re.compile(r"(?<![\w.])-(?=[\d.])")
POWER = re.compile(r"\b(\d+(?:\.\d+)?)e([+-]?)0*(\d+)\b")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PERCENT = re.compile(r"(?<=\d) %")
OPENING = re.compile(r"[(\[“‘]+$")
CLOSING = re.compile(r"^(?:[.,;:!?)\]”’]+|-\w+)")


def number(text: str) -> str:
    """A computed number as it is printed: `-8.9e-07` with a minus and a power of ten."""

    def power(found: re.Match[str]) -> str:
        digits, sign, exponent = found.groups()
        return f"{digits} × 10{'⁻' if sign == '-' else ''}{exponent.translate(RAISED)}"

    return re.sub(r"(?<=\d)%", "\N{NO-BREAK SPACE}%", MINUS.sub("−", POWER.sub(power, text)))


def words(node: nodes.Text) -> str:
    """The text of a node, its percent signs tied to their numbers."""
    text = node.astext()
    parent, before = node.parent, node.parent.index(node) - 1
    if isinstance(parent, nodes.Element) and NUMBERS in parent.get("classes", []):
        text = number(text)
    elif text.startswith(" %") and before >= 0:
        text = "\N{NO-BREAK SPACE}" + text[1:]
    return PERCENT.sub("\N{NO-BREAK SPACE}%", text)


def join(formula: nodes.math) -> None:
    """Put a formula and the brackets and stops that touch it into one piece."""
    parent = formula.parent
    at = parent.index(formula)
    before = parent[at - 1] if at else None
    after = parent[at + 1] if at + 1 < len(parent) else None
    opening = OPENING.search(before) if isinstance(before, nodes.Text) else None
    closing = CLOSING.search(after) if isinstance(after, nodes.Text) else None
    if not opening and not closing:
        return
    piece = nodes.inline("", "", classes=["mbrl-joined"])
    if opening:
        piece += nodes.Text(opening[0])
        parent.replace(before, nodes.Text(before[: opening.start()]))
    if closing:
        parent.replace(after, nodes.Text(after[closing.end() :]))
    parent.replace(formula, piece)
    piece += formula
    if closing:
        piece += nodes.Text(closing[0])


def set_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """All of it, on one page."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(nodes.Text)):
        if isinstance(node.parent, VERBATIM):
            continue
        text = words(node)
        if text != node.astext():
            node.parent.replace(node, nodes.Text(text))
    for formula in list(doctree.findall(nodes.math)):
        join(formula)


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.connect("doctree-resolved", set_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
