"""The built site as a reader gets it: complete, described, and asking no other host for anything.

Each check is a function that lists what is wrong; the controls below give it something wrong.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
EVIDENCE = ROOT / "results" / "evidence.json"
CHAPTERS = [
    path for path in sorted((ROOT / "book").glob("*.md"))
    if re.match(r"---\n.*?^kernelspec:.*?^---$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
]  # fmt: skip

# what a browser loads by itself, without a click
LOADED = {
    "script": ("src",), "link": ("href",), "img": ("src", "srcset"), "iframe": ("src",),
    "video": ("src", "poster"), "audio": ("src",), "source": ("src", "srcset"),
    "track": ("src",), "embed": ("src",), "object": ("data",), "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"), "input": ("src",),
}  # fmt: skip
QUIET_LINKS = {"canonical", "next", "prev", "author", "search", "index", "alternate"}
NOT_PROSE = ["pre", "code", "svg", "script", "style"]
FOREIGN = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
FOREIGN_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//[^\"')\s]+", re.IGNORECASE)


@pytest.fixture(scope="module", autouse=True)
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site in _build/html; build it: python tools/build_book.py")
    return SITE


def pages(site: Path) -> list[Path]:
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def places(path: Path) -> set[str]:
    """The places in a page that a link can lead to."""
    named = {tag["name"] for tag in soup(path).find_all("a", attrs={"name": True})}
    return named | {tag["id"] for tag in soup(path).find_all(id=True)}


def foreign_requests(page: BeautifulSoup) -> list[str]:
    """What the page would fetch from another host."""
    found = []
    for tag in page.find_all(list(LOADED)):
        if tag.name == "link" and set(tag.get("rel", [])) & QUIET_LINKS:
            continue
        values = (tag.get(name, "") for name in LOADED[tag.name])
        found += [f"<{tag.name}> {value}" for value in values if FOREIGN.match(value)]
    for tag in page.find_all(style=True):
        found += FOREIGN_CSS.findall(tag["style"])
    for tag in page.find_all("style"):
        found += FOREIGN_CSS.findall(tag.get_text())
    for tag in page.find_all("script", src=False):
        found += re.findall(r"https?://[^\s\"'<>]+", tag.get_text())
    return found


def undescribed(page: BeautifulSoup) -> list[str]:
    """Pictures and films without words for those who cannot see them."""
    found = [str(t)[:90] for t in page.find_all("img") if not t.get("alt", "").strip()]
    drawings = page.select('svg[role="img"], figure.mbrl-figure svg, video, canvas')
    for tag in drawings:
        words = tag.get("aria-label", "") or (tag.title.get_text() if tag.title else "")
        if not words.strip():
            found.append(str(tag)[:90])
    return found


def unrounded(page: BeautifulSoup) -> list[str]:
    """Numbers in prose as the computer has them, such as 24.999999999999978."""
    words = "".join(t for t in page.find_all(string=True) if not t.find_parents(NOT_PROSE))
    return re.findall(r"\d+\.\d{6,}|\d(?:\.\d+)?e[+-]\d+", words)


def broken_links(site: Path, path: Path) -> list[str]:
    """Links, downloads and loaded files that lead nowhere within the site."""
    found = []
    targets = [(tag, tag["href"]) for tag in soup(path).find_all("a", href=True)]
    for tag in soup(path).find_all(list(LOADED)):
        targets += [(tag, tag[name]) for name in LOADED[tag.name] if tag.get(name)]
    for tag, target in targets:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or target == "#":
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not file.is_file():
            found.append(f"{path.relative_to(site)}: {target} does not exist")
        elif (
            parts.fragment and tag.name == "a" and file.suffix == ".html"
            and unquote(parts.fragment) not in places(file)
        ):  # fmt: skip
            found.append(f"{path.relative_to(site)}: {target} has no such place")
    return found


def unreadable(notebook: nbformat.NotebookNode) -> list[str]:
    """What makes a downloaded chapter more than plain Markdown, code and formulas."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found += [f"{cell.id} has outputs"] if cell.outputs else []
        else:
            prose = re.sub(r"^```\w*\n.*?^```$", "", cell.source, flags=re.DOTALL | re.MULTILINE)
            left = re.search(r"(`{3,}|:{3,})\{|\{[\w:]+\}`|^:::|^\([\w-]+\)=", prose, re.MULTILINE)
            found += [f"{cell.id}: {prose[left.start() : left.start() + 50]!r}"] if left else []
    return found


FIELDS = {
    "id": str, "what": str, "target": str, "measured": int | float, "unit": str, "holds": bool,
    "command": str, "seeds": list, "machine": str, "versions": dict, "date": str,
}  # fmt: skip


def malformed(row: dict) -> list[str]:
    """What is wrong with a row of the evidence."""
    found = [f"{name} is missing" for name in FIELDS.keys() - row.keys()]
    found += [f"{name} is no field" for name in row.keys() - FIELDS.keys()]
    found += [
        f"{name} = {row[name]!r}" for name, kind in FIELDS.items()
        if name in row and not isinstance(row[name], kind)
    ]  # fmt: skip
    if not found and isinstance(row["measured"], bool):
        found.append("measured is a bool")
    if not found and not re.fullmatch(r"(>=|<=|=|<|>) \S+", row["target"]):
        found.append(f"target reads like '>= 915'; got {row['target']!r}")
    return found


def evidence() -> list[dict]:
    return json.loads(EVIDENCE.read_text(encoding="utf-8")) if EVIDENCE.exists() else []


def named_evidence(text: str) -> set[str]:
    """The ids that a page prints; an example between double backticks prints nothing."""
    return set(re.findall(r"(?<!`` )\{evidence\}`([^`]+)`", text))


def test_no_page_asks_another_host_for_anything(site):
    found = {str(p.relative_to(site)): foreign_requests(soup(p)) for p in pages(site)}
    assert not {page: wrong for page, wrong in found.items() if wrong}


def test_no_style_sheet_asks_another_host_for_anything(site):
    found = {p.name: FOREIGN_CSS.findall(p.read_text("utf-8")) for p in site.rglob("*.css")}
    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_every_link_anchor_and_download_leads_somewhere(site):
    assert not [wrong for path in pages(site) for wrong in broken_links(site, path)]


def test_every_picture_is_described(site):
    found = {str(p.relative_to(site)): undescribed(soup(p)) for p in pages(site)}
    assert not {page: wrong for page, wrong in found.items() if wrong}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda p: p.stem)
def test_every_number_in_a_chapter_is_rounded(chapter, site):
    assert not unrounded(soup(site / "book" / f"{chapter.stem}.html"))


def test_formulas_are_drawn_by_the_site_itself(site):
    assert (site / "mathjax" / "tex-svg.js").is_file()
    scripts = soup(site / "book" / "notation.html").find_all("script", src=re.compile("mathjax"))
    path = scripts[0]["src"].split("?")[0]
    assert (site / "book" / path).resolve() == site / "mathjax" / "tex-svg.js"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_is_offered_as_a_readable_notebook(chapter, site):
    page = soup(site / "book" / f"{chapter.stem}.html")
    target = f"../notebooks/{chapter.stem}.ipynb"
    assert page.find("a", href=target), "the page does not link to its notebook"
    notebook = nbformat.read(site / "notebooks" / f"{chapter.stem}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert not unreadable(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    for source in code:
        compile(source, chapter.stem, "exec")
        assert "glue" not in source, "students do not have what builds the book"


def test_there_are_chapters():
    assert CHAPTERS


def test_every_assignment_can_be_downloaded(site):
    page = soup(site / "book" / "assignments.html")
    offered = {Path(a["href"]).name for a in page.find_all("a", href=True)}
    assert {path.name for path in ROOT.glob("assignments/*/*.ipynb")} <= offered


def test_evidence_that_the_book_names_exists():
    named = {i for p in (ROOT / "book").rglob("*.md") for i in named_evidence(p.read_text("utf-8"))}
    assert named <= {row["id"] for row in evidence()}


def test_evidence_rows_are_well_formed_and_shown(site):
    rows = evidence()
    assert not {row.get("id"): malformed(row) for row in rows if malformed(row)}
    text = soup(site / "book" / "evidence.html").get_text()
    assert all(row["id"] in text for row in rows), "the site is older than the evidence: build it"


def test_no_work_is_in_the_bibliography_twice():
    text = (ROOT / "book" / "references.bib").read_text("utf-8")
    titles = [re.sub(r"\W", "", t).lower() for t in re.findall(r"^\s*title = (.+)$", text, re.M)]
    assert len(titles) == len(set(titles))


def test_every_module_is_in_the_reference():
    shown = set(re.findall(r"automodule:: (\S+)", _reference()))
    internal = {"mbrl_lib", "mbrl_lib.validate"}  # nothing that a reader calls
    modules = set()
    for path in (ROOT / "mbrl_lib").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "._" not in name:
            modules.add(name)
    assert modules - internal == shown


def _reference() -> str:
    return "".join(p.read_text("utf-8") for p in (ROOT / "book" / "reference").glob("*.md"))


# Controls: each check is given something wrong.


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example/a.css">',
        '<img src="https://example.org/a.png" alt="a">',
        '<iframe src="https://example.org"></iframe>',
        '<video src="https://example.org/a.mp4" aria-label="a"></video>',
        '<p style="background: url(https://example.org/a.png)">',
        "<style>@import 'https://example.org/a.css'; </style>",
        "<script>const url = 'https://unpkg.example/x';</script>",
    ],
)
def test_control_another_host_is_noticed(html):
    assert foreign_requests(BeautifulSoup(html, "html.parser"))


def test_control_ordinary_links_to_others_are_fine():
    html = '<a href="https://example.org">there</a><link rel="canonical" href="https://a.example">'
    assert not foreign_requests(BeautifulSoup(html, "html.parser"))


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.png">',
        '<img src="a.png" alt=" ">',
        '<svg role="img"></svg>',
        '<figure class="mbrl-figure"><svg></svg></figure>',
        "<video></video>",
        "<canvas></canvas>",
    ],
)
def test_control_a_picture_without_words_is_noticed(html):
    assert undescribed(BeautifulSoup(html, "html.parser"))


@pytest.mark.parametrize("number", ["24.999999999999978", "1e-05", "2.5e+16"])
def test_control_a_number_as_the_computer_has_it_is_noticed(number):
    page = BeautifulSoup(f"<p>some {number} updates</p>", "html.parser")
    assert unrounded(page) == [number]


def test_control_rounded_numbers_and_code_are_fine():
    html = "<p>0.60677, arXiv:1604.00772, page 3e</p><pre>24.999999999999978</pre>"
    assert not unrounded(BeautifulSoup(html, "html.parser"))


@pytest.mark.parametrize("target", ["b.html", "#nowhere", "a.html#nowhere", "x/a.ipynb"])
def test_control_a_broken_link_is_noticed(tmp_path, target):
    page = tmp_path / "a.html"
    page.write_text(f'<p id="here"><a href="#here">1</a><a href="{target}">2</a></p>')
    assert len(broken_links(tmp_path, page)) == 1


@pytest.mark.parametrize(
    "source", ["```{note}\nx\n```", ":::{note}\n:::", "see {term}`plan`", "(label)=\n# Title"]
)
def test_control_leftover_markup_in_a_notebook_is_noticed(source):
    cells = [nbformat.v4.new_markdown_cell(source)]
    assert unreadable(nbformat.v4.new_notebook(cells=cells))


def test_control_outputs_in_a_notebook_are_noticed():
    output = nbformat.v4.new_output("stream", text="1")
    cells = [nbformat.v4.new_code_cell("print(1)", outputs=[output])]
    assert unreadable(nbformat.v4.new_notebook(cells=cells))


ROW = {
    "id": "a", "what": "w", "target": ">= 1", "measured": 1.0, "unit": "", "holds": True,
    "command": "make bench only=a", "seeds": [], "machine": "m", "versions": {}, "date": "d",
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"measured": "1"}, {"measured": True}, {"holds": "yes"}, {"target": "about 1"},
        {"seeds": 3}, {"note": "x"},
    ],
)  # fmt: skip
def test_control_a_bad_row_is_noticed(change):
    assert not malformed(ROW)
    assert malformed(ROW | change)
    assert malformed({k: v for k, v in ROW.items() if k != "id"})


def test_control_named_evidence_is_found():
    text = "it takes {evidence}`cold_build`; written `` {evidence}`id` ``"
    assert named_evidence(text) == {"cold_build"}
