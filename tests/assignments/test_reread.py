"""Every place that a check sends a student to exists in the book."""

import ast
import re

import pytest

from grading import assignments
from mbrl_lib.checks.cells import code_cells

HEADINGS = {
    lines[0].removeprefix("# "): {line.lstrip("# ") for line in lines[1:]}
    for path in (assignments.ROOT / "book").glob("*.md")
    if (lines := re.findall(r"^#{1,4} .+$", path.read_text(encoding="utf-8"), re.MULTILINE))
}


def places(source: str) -> set[str]:
    """The strings given as `reread`, by keyword or through a variable of that name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        named = isinstance(node, ast.keyword) and node.arg == "reread"
        assigned = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reread"
        if (named or assigned) and isinstance(node.value, ast.Constant):
            found.add(node.value.value)
    return found


@pytest.mark.parametrize("name", assignments.names())
def test_every_place_to_reread_exists(name):
    cells = [cell for cell in code_cells(assignments.read(name)) if cell.is_test]
    assert cells
    for cell in cells:
        sent = places(cell.source)
        assert sent, f"{cell.id} sends nobody anywhere"
        for place in sent:
            chapter, _, section = place.partition(", ")
            assert section in HEADINGS.get(chapter, set()), f"{cell.id}: {place}"
