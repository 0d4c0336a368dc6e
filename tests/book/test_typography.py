"""What `mbrl_typography` does to a page's words, seen on small documents."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from mbrl_typography import NUMBERS, number, set_page  # noqa: E402

HTML = SimpleNamespace(builder=SimpleNamespace(format="html"))
TIED = "\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("-37", "−37"),
        ("1.8 [-1.1, 4.7]", "1.8 [−1.1, 4.7]"),
        ("8.9e-07", "8.9 × 10⁻⁷"),
        ("3.1e+03", "3.1 × 10³"),
        ("36%", f"36{TIED}"),
        ("2026-01-02", "2026-01-02"),
        ("adult-1", "adult-1"),
        ("10.7 to 15.6", "10.7 to 15.6"),
    ],
)
def test_a_computed_number_is_printed(written, printed):
    assert number(written) == printed


def paragraph(*parts: nodes.Node) -> nodes.paragraph:
    document, made = new_document("page"), nodes.paragraph("", "", *parts)
    document += made
    set_page(HTML, document, "page")
    return made


def test_only_what_was_glued_counts_as_a_number():
    glued = nodes.inline("", "-37", classes=[NUMBERS])
    made = paragraph(nodes.Text("kill -9, worth "), glued, nodes.Text(" % of "), nodes.Text("90 %"))
    assert made.astext() == f"kill -9, worth −37{TIED} of 90{TIED}"


def test_code_and_formulas_stay_as_they_are():
    made = paragraph(nodes.literal("", "5 % 3"), nodes.math("", "5 % 3"))
    assert made.astext() == "5 % 35 % 3"


def test_brackets_and_stops_stay_with_their_formula():
    made = paragraph(nodes.Text("a network ("), nodes.math("", "x"), nodes.Text("), and so on"))
    (piece,) = made.findall(nodes.inline)
    assert piece["classes"] == ["mbrl-joined"]
    assert piece.astext() == "(x),"
    assert made.astext() == "a network (x), and so on"


def test_a_formula_between_words_stays_alone():
    made = paragraph(nodes.Text("the state "), nodes.math("", "x"), nodes.Text(" is"))
    assert not list(made.findall(nodes.inline))
