"""Every page of the site in a real browser, over http and from the disk.

What is wrong with a page is listed by `tools.site_checks`; the controls give it pages that are
wrong, one by one.
"""

from __future__ import annotations

import pytest

from tools.browser import new_page, served
from tools.site_checks import FRONT, dark, examine, page_names, violations

PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title>
<link rel="icon" href="data:,">
<style>html {{ color: #222; background: #fff }}</style>
<script>
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.onchange = () => {{
  document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
}};
</script>
</head>
<body><main class="bd-article"><h1>A page</h1><p><a href="#end">Down</a></p>
{body}
<p id="end"><button type="button">Press</button></p></main></body>
</html>
"""


@pytest.mark.parametrize("name", page_names())
def test_page(browser, site, site_url, name):
    found = examine(browser, site_url, name, site)
    assert not {kind: faults for kind, faults in found.items() if faults}


@pytest.mark.parametrize("over", ["http", "file"])
def test_the_address_alone_leads_to_the_front_page(browser, site, site_url, over):
    page = new_page(browser)
    page.goto(site_url if over == "http" else (site / "index.html").as_uri())
    page.wait_for_url(f"**/{FRONT}")
    page.context.close()


def test_a_page_follows_the_readers_choice_of_theme(open_page):
    page = open_page(FRONT, theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.fixture
def faults(browser, tmp_path):
    """What is found wrong with a page that has this in its body, by kind, without empty kinds."""

    def found(body: str) -> dict[str, list[str]]:
        (tmp_path / "a.html").write_text(PAGE.format(body=body), encoding="utf-8")
        (tmp_path / "demos").mkdir(exist_ok=True)
        (tmp_path / "demos" / "demo.js").write_text("'use strict';", encoding="utf-8")
        with served(tmp_path) as url:
            everything = examine(browser, url, "a.html", tmp_path)
        return {kind: entries for kind, entries in everything.items() if entries}

    return found


def test_control_a_good_page_passes(faults):
    assert not faults("<p>Well.</p>")


WRONG = {
    "an error in the console": ("console", "<script>console.error('x')</script>"),
    "a warning in the console": ("console", "<script>console.warn('x')</script>"),
    "an uncaught exception": ("console", "<script>throw Error('x')</script>"),
    "a missing script": ("failed requests", '<script src="nowhere.js"></script>'),
    "a picture from another host": (
        "other hosts", '<img src="https://example.org/a.png" alt="a">',
    ),
    "a font from another host": (
        "other hosts",
        "<style>@font-face { font-family: f; src: url(https://example.org/f.woff2) } "
        "p { font-family: f }</style>",
    ),
    "a picture without a description": (
        "accessibility", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    ),
    "a button without a name": ("accessibility", '<button type="button"></button>'),
    "a field without a label": ("accessibility", '<input type="text">'),
    "pale letters": ("accessibility", '<p style="color: #bbb">Pale.</p>'),
    "letters that vanish in the dark": (
        "accessibility",
        '<style>html[data-theme="dark"] p { color: #eee }</style><p>Gone.</p>',
    ),
    "pale letters that are folded away": (
        "accessibility",
        '<details><summary>More</summary><p style="color: #bbb">Pale.</p></details>',
    ),
    "a button that Tab passes by": ("keyboard", '<button type="button" tabindex="-1">No</button>'),
    "a trap for the keyboard": (
        "keyboard",
        '<button type="button" onkeydown="event.preventDefault()">Trap</button>',
    ),
    "no sign of the focus": (
        "keyboard", '<button type="button" style="outline: none">Where?</button>',
    ),
    "no sign of the focus on a choice": (
        "keyboard",
        '<label style="outline: none"><input type="radio" name="q" style="outline: none">a</label>',
    ),
    "a control that nobody can see": (
        "keyboard", '<button type="button" style="opacity: 0">Where?</button>',
    ),
    "a focus that shows as before": (
        "keyboard",
        "<style>button::after { content: ' >' } button { outline: none !important }</style>"
        '<button type="button">Where?</button>',
    ),
    "something that takes the focus and has no name": (
        "keyboard", '<canvas tabindex="0" width="9" height="9"></canvas>',
    ),
    "a page wider than a phone": ("phone", '<p style="width: 500px">Wide.</p>'),
    "something cut off on a phone": (
        "phone",
        '<div style="overflow: hidden"><p style="width: 500px">Cut off.</p></div>',
    ),
    "demo code without a demo": ("demo code", '<script src="demos/demo.js"></script>'),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_control_is_noticed(faults, what):
    kind, body = WRONG[what]
    assert kind in faults(body)


def test_control_a_demos_own_code_is_fine(faults):
    body = (
        '<section class="demo" aria-label="demo">d</section><script src="demos/demo.js"></script>'
    )
    assert "demo code" not in faults(body)


def test_control_weights_before_they_are_asked_for_are_noticed(browser, tmp_path):
    body = '<section class="demo">d</section><script src="demos/weights/a.js"></script>'
    (tmp_path / "a.html").write_text(PAGE.format(body=body), encoding="utf-8")
    (tmp_path / "demos" / "weights").mkdir(parents=True)
    (tmp_path / "demos" / "weights" / "a.js").write_text("'use strict';", encoding="utf-8")
    with served(tmp_path) as url:
        assert examine(browser, url, "a.html", tmp_path)["demo code"]


def test_control_wide_things_may_scroll_by_themselves(faults):
    body = '<div style="overflow-x: auto" tabindex="0" role="region" aria-label="wide">'
    assert not faults(f'{body}<p style="width: 500px">Wide.</p></div>')


def test_control_a_page_that_stays_light_is_noticed(open_page, tmp_path):
    text = PAGE.format(body="").replace("dark.onchange", "dark.never")
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    page = open_page((tmp_path / "a.html").as_uri())
    with pytest.raises(RuntimeError, match="stays light"):
        dark(page, patience=0.5)


def test_control_a_text_half_way_between_two_colours_is_not_measured(open_page, tmp_path):
    style = "b { color: #ccc; transition: color 60s } b.read { color: #000 }"
    text = PAGE.format(body=f"<style>{style}</style><p><b>Words.</b></p>")
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    page = open_page((tmp_path / "a.html").as_uri())
    assert violations(page, color_only=True)
    page = open_page((tmp_path / "a.html").as_uri())
    page.evaluate("document.querySelector('b').className = 'read'")
    assert not violations(page, color_only=True)


def test_control_a_focus_drawn_after_a_control_is_seen(faults):
    style = "b:focus { outline: none } b:focus::after { content: ' <'; color: #900 }"
    body = f'<style>{style}</style><p><b tabindex="0">Here</b></p>'
    assert not faults(body)


def test_control_radio_buttons_are_reached_as_one(browser, tmp_path):
    body = (
        "<fieldset><legend>Which?</legend>"
        '<label><input type="radio" name="q">a</label> '
        '<label><input type="radio" name="q">b</label>'
        "</fieldset>"
    )
    (tmp_path / "a.html").write_text(PAGE.format(body=body), encoding="utf-8")
    with served(tmp_path) as url:
        assert not any(examine(browser, url, "a.html", tmp_path).values())
