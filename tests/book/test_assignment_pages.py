"""Every assignment has a page: statement, points, downloads, and nothing of the tests."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
NOTEBOOKS = sorted(ROOT.glob("assignments/*/*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


@pytest.fixture
def page(notebook):
    path = SITE / "book" / "assignments" / f"{notebook.stem}.html"
    assert path.is_file(), f"{notebook.stem} has no page: build the site"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def cells(notebook):
    return nbformat.read(notebook, as_version=4).cells


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("’", "'"))


def test_the_stubs_are_all_there_and_no_test_is(notebook, page):
    said = squeezed(page.find("article").get_text())
    for cell in cells(notebook):
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if meta.get("solution"):
            assert squeezed(cell.source) in said
        elif meta.get("grade") or meta.get("locked"):
            assert squeezed(cell.source) not in said


def test_every_heading_of_the_notebook_is_on_the_page(notebook, page):
    prose = "\n".join(c.source for c in cells(notebook) if c.cell_type == "markdown")
    wanted = re.findall(r"^#{1,2} +(.+?)(?: \(.*points?\))?$", prose, flags=re.MULTILINE)
    found = [
        re.sub(r"#$", "", h.get_text()).strip() for h in page.find("article").find_all(["h1", "h2"])
    ]
    assert [squeezed(re.sub(r"[`*$\\]", "", title)) for title in wanted] == [
        squeezed(re.sub(r"[$\\()]", "", title)) if "\\(" in title else squeezed(title)
        for title in found
    ]


def test_the_points_of_its_tasks_add_up(page):
    table = page.find("table")
    points = [float(row.find_all("td")[1].get_text()) for row in table.find("tbody").find_all("tr")]
    assert len(points) >= 4
    assert sum(points) == 100


def test_it_leads_to_its_chapter_its_notebook_and_its_neighbours(notebook, page):
    links = {a["href"] for a in page.find("article").find_all("a", href=True)}
    assert any(link.endswith(f"{notebook.stem}.ipynb") for link in links)
    facts = page.select_one(".mbrl-facts").get_text()
    assert "Its chapter" in facts
    assert "Time" in facts
    assert page.select_one("a.left-prev")
    assert page.select_one("a.right-next")


def test_its_chapter_and_the_list_lead_to_it(notebook):
    listed = BeautifulSoup((SITE / "book/assignments.html").read_text("utf-8"), "html.parser")
    target = f"assignments/{notebook.stem}.html"
    assert any(a["href"].split("#")[0] == target for a in listed.find_all("a", href=True))
    chapters = [
        path for path in (SITE / "book").glob("*.html")
        for a in BeautifulSoup(path.read_text("utf-8"), "html.parser").select(
            ".mbrl-chapter-info a[href]")
        if a["href"].split("#")[0] == target
    ]  # fmt: skip
    assert len(chapters) == 1
