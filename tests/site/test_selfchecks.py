"""Self-checks as a reader uses them: by mouse, by keyboard, without JavaScript, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.book.mini import build
from tools.browser import new_page, visit
from tools.site_checks import dark, violations

PAGE = """\
# Page

```{selfcheck} sc-test-one
Which of $a$ and $b$?

- [ ] This one
  : It is the other.
- [x] That one
  : It is, since $b > a$.
- [ ] None
  : There is one.
```

```{selfcheck} sc-test-several
Which hold?

- [x] First
  : It holds.
- [ ] Second
  : It does not.
- [x] Third
  : It holds, too.
```
"""


@pytest.fixture(scope="module")
def quiz(tmp_path_factory) -> Path:
    """A built book with two questions on one page, and the list of all on another."""
    folder = tmp_path_factory.mktemp("quiz")
    pages = {"page": PAGE, "students": "# Students\n\n```{selfcheck-progress}\n```\n"}
    result = build(folder, pages)
    assert result.returncode == 0, result.stderr
    return folder / "html" / "book"


@pytest.fixture
def page(open_page, quiz):
    """The page with the questions, from the disk; at the end nothing may have gone wrong on it."""
    opened = open_page((quiz / "page.html").as_uri())
    yield opened
    record = opened.record
    assert not record.console + record.failed + record.foreign


def choice(page, number: int, question: str = "one"):
    return page.locator(f"#sc-test-{question} .selfcheck-choice").nth(number)


def shown(page, question: str = "one") -> list[bool]:
    whys = page.locator(f"#sc-test-{question} .selfcheck-text")
    return [whys.nth(number).is_visible() for number in range(whys.count())]


def choose(page, number: int, question: str = "one") -> None:
    choice(page, number, question).locator("label").click()


def test_nothing_is_given_away_before_a_choice(page):
    assert shown(page) == [False] * 3
    assert not page.locator("summary").first.is_visible()


def test_a_choice_shows_its_explanation_and_no_other(page):
    choose(page, 0)
    assert shown(page) == [True, False, False]
    assert "Not this one" in choice(page, 0).inner_text()
    assert "It is the other." in choice(page, 0).inner_text()
    choose(page, 1)
    assert shown(page) == [False, True, False]
    assert "Right" in choice(page, 1).locator(".selfcheck-verdict").inner_text()


def test_the_explanation_is_announced(page):
    region = page.get_by_role("status")
    assert region.inner_text() == ""
    choose(page, 0)
    assert "Not this one" in region.inner_text()
    assert "It is the other." in region.inner_text()


def test_several_right_choices_are_ticked_and_all_are_needed(page):
    assert "Tick all that hold." in page.locator("#sc-test-several legend").inner_text()
    solved = page.locator("#sc-test-several.selfcheck-solved")
    for number, expected in ((0, 0), (2, 1), (1, 0), (1, 1)):
        choose(page, number, "several")
        assert solved.count() == expected
    assert shown(page, "several") == [True, False, True]


def test_how_many_are_solved_is_counted(page):
    footer = page.locator(".selfcheck-footer")
    assert "2 self-checks here, 0 solved" in footer.inner_text()
    choose(page, 0)
    assert "0 solved" in footer.inner_text()
    choose(page, 1)
    assert "1 solved" in footer.inner_text()


def test_answers_survive_a_reload_and_are_counted_on_the_students_page(page):
    choose(page, 1)
    page.reload()
    assert shown(page) == [False, True, False]
    assert choice(page, 1).locator("input").is_checked()
    assert page.get_by_role("status").inner_text() == "", "a reload announces nothing"
    visit(page, page.url.replace("page.html", "students.html"))
    assert "Page: 2 self-checks, 1 solved" in page.locator(".selfcheck-progress").inner_text()


def test_starting_over_forgets_this_page(page):
    choose(page, 1)
    page.get_by_role("button", name="Start over").click()
    assert shown(page) == [False] * 3
    page.reload()
    assert shown(page) == [False] * 3


def test_all_answers_can_be_forgotten_on_the_students_page(page):
    choose(page, 1)
    visit(page, page.url.replace("page.html", "students.html"))
    page.get_by_role("button", name="Forget all answers").click()
    assert "0 solved" in page.locator(".selfcheck-progress").inner_text()
    assert page.evaluate("localStorage.getItem('mbrl-selfchecks')") == "{}"


def test_nothing_but_answers_is_kept_and_nothing_is_sent(page):
    choose(page, 1)
    assert page.evaluate("Object.keys(localStorage)") == ["mbrl-selfchecks"]
    assert page.evaluate("document.cookie") == ""
    assert not [url for url in page.record.requests if not url.startswith("file:")]


def test_by_keyboard(page):
    choice(page, 0).locator("input").focus()
    page.keyboard.press("Space")
    assert shown(page) == [True, False, False]
    page.keyboard.press("ArrowDown")
    assert shown(page) == [True, False, False], "whoever passes by has not chosen"
    page.wait_for_timeout(1000)
    assert shown(page) == [False, True, False]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert shown(page) == [False, False, True], "Enter need not wait"
    assert "?" not in page.url, "Enter sends nothing"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "sc-test-several-0"


def test_without_javascript_every_explanation_can_be_unfolded(browser, quiz):
    page = new_page(browser, java_script_enabled=False)
    page.goto((quiz / "page.html").as_uri())
    for number, words in enumerate(("Not this one", "Right", "Not this one")):
        place = choice(page, number)
        assert not place.locator(".selfcheck-text").is_visible()
        place.locator("summary").click()
        assert place.locator(".selfcheck-text").is_visible()
        assert words in place.inner_text()
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_every_explanation_is_there(browser, quiz, scripts):
    page = new_page(browser, java_script_enabled=scripts)
    page.goto((quiz / "page.html").as_uri())
    page.emulate_media(media="print")
    texts = page.locator(".selfcheck-text")
    heights = [texts.nth(n).bounding_box()["height"] for n in range(texts.count())]
    assert len(heights) == 6
    assert min(heights) > 20
    page.context.close()


@pytest.mark.parametrize(
    "script",
    [
        "for (const name of ['getItem', 'setItem']) {"
        "  const method = Storage.prototype[name];"
        "  Storage.prototype[name] = function (key, ...rest) {"
        "    if (key === 'mbrl-selfchecks') throw new Error('no storage here');"
        "    return method.call(this, key, ...rest);"
        "  };"
        "}",
        "try { localStorage.setItem('mbrl-selfchecks', '[1') } catch {}",
        "try { localStorage.setItem('mbrl-selfchecks', '{\"sc-test-one\": 5}') } catch {}",
        "try { localStorage.setItem('mbrl-selfchecks', 'null') } catch {}",
    ],
)
def test_without_storage_or_with_another_ones_it_works_all_the_same(browser, quiz, script):
    page = new_page(browser)
    page.add_init_script(script)
    visit(page, (quiz / "page.html").as_uri())
    choose(page, 1)
    assert shown(page) == [False, True, False]
    assert not page.record.console
    page.context.close()


def test_targets_are_large_enough_for_a_finger(open_page, quiz):
    page = open_page((quiz / "page.html").as_uri(), width=390)
    targets = page.locator(".selfcheck-label, .selfcheck-button")
    assert targets.count() == 7
    for number in range(targets.count()):
        assert targets.nth(number).bounding_box()["height"] >= 44


def test_in_a_chapter_with_answers_shown(open_page):
    """In the course's own theme: no serious violation in light or dark, answered or not."""
    page = open_page("book/mpc.html")
    forms = page.locator("form.selfcheck")
    assert forms.count() > 4
    for number in range(2):
        forms.nth(number).locator("label").nth(number).click()
    assert page.locator(".selfcheck-text:visible").count() == 2
    above = page.locator(".mbrl-chapter-info").inner_text()
    assert re.search(r"\d+ self-checks, \d solved", above)
    assert not violations(page)
    dark(page)
    assert not violations(page, color_only=True)


@pytest.mark.parametrize("name", ["book/intro.html", "book/notation.html"])
def test_pages_without_questions_do_not_load_them(open_page, name):
    assert not [url for url in open_page(name).record.requests if "selfcheck" in url]
