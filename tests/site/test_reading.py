"""The reading experience: words that explain themselves, drawings, paper, the front page."""

from __future__ import annotations

import re

import pytest

from tools.browser import ROOT, visit

CHAPTERS = sorted(
    path.stem for path in (ROOT / "book").glob("*.md")
    if re.search(r"^```\{chapter-info\}", path.read_text("utf-8").split("# For authors")[0], re.M)
)  # fmt: skip
BOX = ".mbrl-definition"
SEEN = """selector => [...document.querySelectorAll(selector)].filter(
  e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length
).map(e => e.className || e.id || e.localName)"""


def focus_by_keyboard(page, selector):
    """Tab from just before the first such element onto it."""
    page.evaluate(
        """selector => {
          const here = document.createElement("span");
          here.tabIndex = -1;
          document.querySelector(selector).before(here);
          here.focus();
        }""",
        selector,
    )
    page.keyboard.press("Tab")


def test_a_term_says_what_it_means_on_focus_until_escape(open_page):
    page = open_page("book/ensembles.html")
    focus_by_keyboard(page, "a.mbrl-term")
    word = page.locator("a.mbrl-term").first
    box = page.locator(BOX)
    assert box.is_visible()
    assert len(box.inner_text()) > len(word.inner_text()) + 20
    assert word.get_attribute("aria-describedby") == box.get_attribute("id")
    assert box.get_attribute("role") == "tooltip"
    page.keyboard.press("Escape")
    assert not box.is_visible()
    assert word.evaluate("e => e === document.activeElement"), "Escape must not move the focus"
    assert word.get_attribute("aria-describedby") is None


def test_a_definition_can_be_hovered_and_stays(open_page):
    page = open_page("book/ensembles.html")
    word, box = page.locator("a.mbrl-term").first, page.locator(BOX)
    word.hover()
    box.wait_for(state="visible")
    box.hover()
    page.wait_for_timeout(500)
    assert box.is_visible(), "it must stay while the mouse is on it"
    page.mouse.move(1, 1)
    box.wait_for(state="hidden")


def test_a_definition_stays_in_the_window(open_page):
    page = open_page("book/ensembles.html", width=390)
    for index in range(page.locator("a.mbrl-term").count()):
        word = page.locator("a.mbrl-term").nth(index)
        word.focus()
        page.keyboard.press("Shift")  # from here on the focus is the keyboard's
        page.evaluate("e => { e.blur(); e.focus(); }", word.element_handle())
        place = page.locator(BOX).bounding_box()
        assert place, word.inner_text()
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 390


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_term_of_a_chapter_has_its_definition(open_page, name):
    page = open_page(f"book/{name}.html")
    missing = page.evaluate(
        """() => [...document.querySelectorAll("a.mbrl-term")].filter(
          link => !document.getElementById(`mbrl-${link.hash.slice(1)}`)?.content.textContent.trim()
        ).map(link => link.textContent)"""
    )
    assert not missing
    assert page.locator("a.mbrl-term").count() >= 1


def test_pages_without_terms_load_nothing_for_them(open_page):
    page = open_page("book/bibliography.html")
    assert not [url for url in page.record.requests if "/terms/" in url]


def test_drawings_take_the_colours_of_the_page(open_page):
    inks = {}
    for theme in ("light", "dark"):
        page = open_page("book/mpc.html", theme=theme)
        ink = "getComputedStyle(document.querySelector('svg.mbrl-diagram text')).fill"
        inks[theme] = page.evaluate(ink)
        page_ink = page.evaluate(
            "getComputedStyle(document.querySelector('.bd-article section > p')).color"
        )
        assert inks[theme] == page_ink
    assert inks["light"] != inks["dark"]


NEEDLESS = (
    ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .bd-footer, "
    ".prev-next-footer, .copybtn, .headerlink, button, .demo-start"
)


def test_paper_has_no_navigation_and_no_buttons(open_page):
    page = open_page("book/mpc.html")
    page.emulate_media(media="print")
    assert not page.evaluate(SEEN, NEEDLESS)
    assert page.evaluate(SEEN, ".demo-still img")
    assert page.evaluate(SEEN, ".demo-description")
    width = page.evaluate("document.querySelector('.bd-article').getBoundingClientRect().width")
    assert width > 1300, "the text must take the whole sheet"


def test_paper_shows_what_is_folded_and_the_screen_folds_it_again(open_page):
    page = open_page("book/mpc.html", theme="dark")
    folded = page.locator("details:not([open], .hide)").count()
    assert folded
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open], .hide)").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.emulate_media(media="print")
    hidden = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article details:not(.hide)")].filter(
          e => !e.lastElementChild.checkVisibility({ contentVisibilityAuto: true })).length"""
    )
    assert hidden == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open], .hide)").count() == folded
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_chapter_can_be_printed(open_page):
    assert open_page("book/mpc.html").pdf(format="A4").startswith(b"%PDF")


def test_the_front_page_says_it_in_one_screen(open_page):
    page = open_page("book/intro.html")
    for words in ("Start reading", "Try it", "Start the demo"):
        button = page.locator(".mbrl-front").get_by_text(words, exact=True).first
        place = button.bounding_box()
        assert place, words
        assert place["y"] >= 0, words
        assert place["y"] + place["height"] <= 900, words
    last = page.locator(".mbrl-front li").last.bounding_box()
    assert last["y"] + last["height"] <= 900
    assert not [url for url in page.record.requests if "/weights/" in url]
    for words in ("Start reading", "Try it"):
        target = page.get_by_role("link", name=words).get_attribute("href")
        visit(page, page.url.rsplit("/", 1)[0] + "/" + target)
        assert page.locator("article h1").count() == 1
        page.go_back()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_phone_shows_time_and_notebook_above_a_chapter(open_page, name):
    page = open_page(f"book/{name}.html", width=390, height=844)
    facts = page.locator(".mbrl-chapter-info")
    said = facts.inner_text()
    assert re.search(r"\d+ minutes to read", said)
    assert re.search(r"\d+ (s|min) to run", said)
    place = facts.bounding_box()
    assert place["y"] + place["height"] <= 844, "it is below the first screen"
    notebook = facts.get_by_role("link", name="Notebook")
    assert page.request.get(notebook.evaluate("a => a.href")).ok
