"""Self-checks that are written wrongly fail the build, with the file and the line."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.book.mini import ROOT, build

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from mbrl_selfcheck import read

GOOD = """\
Which one?

- [ ] This one
  : It is the other,
    as was said.
- [x] That one,
  on two lines
  : It is.
"""


def asked(text: str, name: str = "sc-test-which") -> str:
    return f"# Page\n\nWords.\n\n```{{selfcheck}} {name}\n{text}```\n"


FAULTS = {
    "no right choice": (asked(GOOD.replace("[x]", "[ ]")), "no choice is right"),
    "nothing to choose": (asked(GOOD.replace("[ ]", "[x]")), "every choice is right"),
    "no explanation": (asked(GOOD.replace("  : It is.\n", "")), "has no explanation"),
    "one choice": (asked("Which one?\n\n- [x] This one\n  : It is.\n"), "at least two choices"),
    "no question": (asked(GOOD.split("\n", 1)[1]), "no question above"),
    "a plain bullet": (asked(GOOD + "- Another\n  : No.\n"), "a choice begins with"),
    "an odd id": (asked(GOOD, "which"), "reads like sc-"),
    "a choice of two paragraphs": (
        asked(GOOD.replace("on two lines", "\n  and more")), "one paragraph without links",
    ),
    "a link in a choice": (
        asked(GOOD.replace("This one", "[This](index.md) one")), "one paragraph without links",
    ),
    "a formula for a choice": (asked(GOOD.replace("This one", "$a$")), "words beside its formula"),
    "a list for a question": (asked(GOOD.replace("Which one?", "* Which?")), "a paragraph of text"),
}  # fmt: skip


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> str:
    """What a build says that holds every fault, each on its page, and one id on two pages."""
    pages = {f"fault{number}": text for number, (text, _) in enumerate(FAULTS.values())}
    pages |= {"once": asked(GOOD, "sc-test-twice"), "twice": asked(GOOD, "sc-test-twice")}
    result = build(tmp_path_factory.mktemp("faulty"), pages)
    assert result.returncode, "a build with faults passed"
    return result.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_place(faulty, fault):
    page = f"fault{list(FAULTS).index(fault)}.md"
    said = [line for line in faulty.splitlines() if re.search(rf"{page}:5: (ERROR|WARNING)", line)]
    assert any(FAULTS[fault][1] in line for line in said), faulty


def test_an_id_that_is_there_twice_is_told_with_its_place(faulty):
    said = [line for line in faulty.splitlines() if "is in book/once already" in line]
    assert len(said) == 1
    assert re.search(r"twice\.md:5: WARNING", said[0])


def test_a_good_one_builds_without_a_word(tmp_path):
    result = build(
        tmp_path, {"page": asked(GOOD), "students": "# S\n\n```{selfcheck-progress}\n```\n"}
    )
    assert result.returncode == 0, result.stderr
    assert "1 self-check<" in (tmp_path / "html/book/students.html").read_text("utf-8")


def test_what_is_read_is_what_was_written():
    question, choices = read(GOOD.splitlines())
    assert "".join(question.lines).strip() == "Which one?"
    assert [choice.right for choice in choices] == [False, True]
    assert choices[0].why.lines == ["It is the other,", "as was said."]
    assert choices[1].label.lines == ["That one,", "on two lines"]


def test_every_chapter_has_some():
    chapters = [p for p in (ROOT / "book").glob("*.md") if "{chapter-info}\n" in _without_code(p)]
    assert len(chapters) >= 15
    for chapter in chapters:
        assert chapter.read_text("utf-8").count("\n```{selfcheck} sc-") >= 4, chapter.name


def _without_code(path: Path) -> str:
    return re.sub(r"^````.*?^````$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def test_no_place_in_the_list_is_the_right_one_by_habit():
    """Where the right choice stands must not give it away."""
    places = [0, 0, 0]
    for path in (ROOT / "book").glob("*.md"):
        blocks = re.findall(
            r"^```\{selfcheck\} \S+\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE
        )
        for block in blocks:
            _, choices = read(block.splitlines())
            places[[choice.right for choice in choices].index(True)] += 1
    assert min(places) > sum(places) / 5, places
