"""Slides from a chapter: what is put on them, and what is left out."""

from __future__ import annotations

from bs4 import BeautifulSoup

from tools.slides import LONG, deck

CHAPTER = """<html><body><article><section><h1>2. Plans<a class="headerlink" href="#">#</a></h1>
<ul class="mbrl-chapter-info"><li><p>About 20 minutes to read</p></li></ul>
<p><strong>The question.</strong> Which one?</p>
{parts}
</article></body></html>"""
SECTION = "<section><h2>2.1. Look ahead<a class='headerlink' href='#'>#</a></h2>{}</section>"


def made(inside: str) -> list[BeautifulSoup]:
    """The slides of a chapter with this in its one section, without the title's."""
    text, count = deck(CHAPTER.format(parts=SECTION.format(inside) + "</section>"))
    page = BeautifulSoup(text, "html.parser")
    found = page.select(".slides > section")
    assert len(found) == count
    assert found[0].h1.get_text() == "2. Plans"
    assert "Which one?" in found[0].get_text()
    return found[1:]


def test_an_equation_comes_under_its_heading_with_the_sentence_that_leads_to_it():
    (slide,) = made(
        "<p>A long story. Told at home. So we add them up:</p>"
        '<div class="math notranslate">\\[R = r\\]</div>'
    )
    assert slide.h2.get_text() == "2.1. Look ahead"
    assert slide.p.get_text() == "So we add them up:"
    assert slide.select_one(".math")


def test_figures_tables_and_short_lists_are_shown():
    slides = made(
        '<figure><img src="../_images/a.png" alt="A"><figcaption>C</figcaption></figure>'
        '<div class="pst-scrollable-table-container"><table><tr><td>1</td></tr></table></div>'
        "<ul><li><p>one</p></li></ul>"
    )
    assert [bool(s.select_one("figure, table, ul")) for s in slides] == [True] * 3
    assert slides[0].img["src"] == "../_images/a.png"


def test_code_and_what_is_too_long_for_a_room_are_left_out():
    assert not made(
        '<div class="highlight"><pre>x = 1</pre></div><p>Words alone.</p>'
        f"<ul>{'<li>item</li>' * (LONG + 1)}</ul>"
        f"<table>{'<tr><td>1</td></tr>' * (LONG + 2)}</table>"
    )


def test_a_wordy_list_keeps_the_first_sentence_of_each_item():
    item = f"<li><p><strong>Sums.</strong> Averages were asked for. {'Words. ' * 100}</p></li>"
    (slide,) = made(f"<ul>{item * 2}</ul>")
    assert [li.get_text() for li in slide.select("li")] == ["Sums. Averages were asked for."] * 2


def test_a_self_check_is_asked_without_its_answers():
    (slide,) = made(
        '<form class="selfcheck"><fieldset><legend>Which?</legend><div class="selfcheck-choice">'
        '<label class="selfcheck-label"><input type="radio"><span>This</span></label>'
        '<details class="selfcheck-why"><p>Right.</p></details></div></fieldset></form>'
    )
    assert "Which?" in slide.get_text()
    assert slide.li.get_text() == "This"
    assert "Right." not in slide.get_text()


def test_exercises_are_for_reading_at_home():
    text, count = deck(
        CHAPTER.format(
            parts="<section><h2>2.9. Exercises</h2><ul><li>Do it.</li></ul></section></section>"
        )
    )
    assert count == 1
    assert "Do it." not in text


def test_links_lead_nowhere_and_nothing_asks_another_host():
    (slide,) = made('<ul><li>See <a href="mpc.html">MPC</a></li></ul>')
    assert not slide.find("a")
    text, _ = deck(CHAPTER.format(parts="</section>"))
    assert "http" not in text
