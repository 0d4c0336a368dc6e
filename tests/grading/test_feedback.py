"""Feedback pages: the author's messages, no hidden test, nothing from another host."""

import re

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grading import reading
from grading.feedback import CleanFeedback, with_mathml, without_hidden_tests

SOURCE = "a()\n### BEGIN HIDDEN TESTS\nsecret(42)\n### END HIDDEN TESTS\nb()"


def test_hidden_tests_are_cut_wherever_they_stand():
    assert without_hidden_tests(SOURCE) == "a()\nb()"
    assert without_hidden_tests(SOURCE + "\n" + SOURCE) == "a()\nb()\na()\nb()"
    assert without_hidden_tests("a()") == "a()"


def test_a_failing_test_keeps_its_message_and_loses_its_traceback():
    error = new_output(
        "error", ename="CheckFailed", evalue="called: f(1)", traceback=["---> secret(42)"]
    )
    test = new_code_cell(SOURCE, metadata={"nbgrader": {"grade": True}}, outputs=[error])
    own = new_code_cell("1/0", outputs=[nbformat.from_dict({**error, "traceback": ["1/0 line 3"]})])
    notebook, _ = CleanFeedback().preprocess(new_notebook(cells=[test, own]), {})
    assert "secret" not in nbformat.writes(notebook)
    assert notebook.cells[0].outputs[0].traceback == ["CheckFailed\ncalled: f(1)"]
    assert notebook.cells[1].outputs[0].traceback == ["1/0 line 3"], "their own error stays"


def test_formulas_become_mathml_and_code_and_money_stay():
    page = with_mathml(r"Let $x^2$ be `$y$`, or $$\sum_i x_i$$ and 5\$ each.")
    assert page.count("<math") == 2 and 'display="block"' in page
    assert "`$y$`" in page and r"5\$ each" in page
    assert with_mathml("$5 and $6") == "$5 and $6"
    notebook, _ = CleanFeedback().preprocess(new_notebook(cells=[new_markdown_cell("$x$")]), {})
    assert "<math" in notebook.cells[0].source


def written(text):
    """The page of a notebook with one written answer."""
    cell = new_markdown_cell(text, metadata={"nbgrader": {"solution": True}})
    notebook, _ = CleanFeedback().preprocess(new_notebook(cells=[cell]), {})
    return HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]


def test_a_formula_brings_no_link_and_no_style():
    for text in (
        r"$\href{javascript:alert(1)}{x}$", "$$\\hr%\nef{javascript:alert(1)}{x}$$",
        r"$\style{position:fixed}{x}$", r"$\class{prompt}{x}$",
    ):  # fmt: skip
        assert "<math" in with_mathml(text)
        assert not re.search(r"\b(href|style|class)=", with_mathml(text)), text
        assert not re.search(r"<m[^>]*\b(href|style|class)=", written(text)), text
    assert "<mi>x</mi>" in written(r"$$\hr%" "\n" r"ef{javascript:alert(1)}{x}$$"), "it was read"
    assert "&lt;</mtext>" in written(r"$\text{<}$")


def test_pasted_pictures_are_shown():
    page = reading.without_html("![a](attachment:a-1.png) [b](attachment:x onclick) ![c](http://x)")
    assert page == "![a](attachment:a-1.png) [b] (attachment:x onclick) ![c] (http://x)"
