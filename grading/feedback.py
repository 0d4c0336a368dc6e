"""What students see after grading: their marks and messages, no hidden test, no other host."""

from __future__ import annotations

import re
from xml.etree.ElementTree import tostring

import nbformat
from latex2mathml.converter import convert_to_element
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from grading.reading import without_html
from grading.trusted import BANNER, is_marked

_ACTIVE = {"href", "style", "class", "id"}  # what a formula must not bring into a page

_HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS.*?^[ \t]*### END HIDDEN TESTS[ \t]*\n?", re.M | re.S
)
_MATH = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\n]+?)\$(?!\d)", re.S)
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.S)
_ENTITY = re.compile(r"&amp;(#x[0-9A-Fa-f]+;)")  # the converter's own, escaped once more


class CleanFeedback(Preprocessor):
    """Prepares an autograded notebook for the feedback page.

    Hidden tests are cut from the source; an error keeps its message and loses its traceback, which
    would quote them; HTML in written answers is shown as text; formulas become MathML, which
    browsers draw without loading anything, and without links. Where there was no sandbox, the page
    begins with that.
    """

    enabled = Bool(True)

    def preprocess(
        self, notebook: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean all cells."""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                if cell.metadata.get("nbgrader", {}).get("solution", False):
                    cell.source = without_html(cell.source)
                cell.source = with_mathml(cell.source)
            elif cell.cell_type == "code":
                is_test = cell.metadata.get("nbgrader", {}).get("grade", False)
                cell.source = without_hidden_tests(cell.source)
                cell.outputs = [_clean(output, is_test) for output in cell.outputs]
        if is_marked(notebook):
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"**{BANNER}**"))
        return notebook, resources


def without_hidden_tests(source: str) -> str:
    """The source of a test cell as it was released."""
    return _HIDDEN.sub("", source).rstrip("\n")


def with_mathml(text: str) -> str:
    """Markdown with `$...$` and `$$...$$` outside code as MathML; what cannot be read stays."""
    parts = _CODE.split(text)
    return "".join(part if i % 2 else _MATH.sub(_mathml, part) for i, part in enumerate(parts))


def _mathml(match: re.Match[str]) -> str:
    block = match["block"]
    try:
        made = convert_to_element(block or match["inline"], display="block" if block else "inline")
        for element in made.iter():
            for name in _ACTIVE & element.attrib.keys():
                del element.attrib[name]
        return _ENTITY.sub(r"&\1", tostring(made, encoding="unicode"))
    except Exception:  # the library raises many kinds; an unreadable formula is shown as written
        return match[0]


def _clean(output: NotebookNode, is_test: bool) -> NotebookNode:
    if output.output_type != "error" or not is_test:
        return output
    return nbformat.from_dict({**output, "traceback": [f"{output.ename}\n{output.evalue}"]})
