"""Slides for teaching, from a chapter: `python tools/slides.py mpc`.

Takes the built page of the chapter and makes of it `_build/html/slides/mpc.html`: a slide for each
figure, equation, table, list and self-check, under the heading that it stands under and with the
sentence that leads to it. Code, exercises and the rest of the prose stay in the chapter. Names may
be several; without any, all chapters are done. The slides work offline, from the site's folder.
"""

from __future__ import annotations

import argparse
import copy
import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LEFT_OUT = ("exercises", "what to read next", "try it")  # sections that are for reading at home
WORDY = 650  # letters of a list
LONG = 9  # rows or items; what is longer cannot be read from the last row of a room
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z\\(])")

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../reveal/reveal.css">
<link rel="stylesheet" href="../_static/course.css">
<style>{style}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script>window.MathJax = {{ options: {{ enableMenu: false }} }};</script>
<script src="../mathjax/tex-svg.js" defer></script>
<script src="../reveal/reveal.js"></script>
<script>
Reveal.initialize({{
  width: 1280, height: 720, margin: 0.05, hash: true, center: false, slideNumber: "c/t",
  transition: "none",
}});
const fit = () => {{  // a formula that is wider than the slide is written smaller
  for (const formula of document.querySelectorAll("section.present div.math")) {{
    const share = formula.clientWidth / formula.scrollWidth;
    if (share < 1) formula.style.fontSize = `${{Math.floor(32 * share)}}px`;
  }}
}};
Reveal.on("slidechanged", fit);
addEventListener("load", () => MathJax.startup.promise.then(fit));
</script>
</body>
</html>
"""
STYLE = """
html { --pst-color-background: #fff; background: #fff; }
html[data-theme="dark"] { --pst-color-background: #14181e; background: #14181e; }
.reveal { font: 28px/1.45 Helvetica, Arial, sans-serif; color: var(--pst-color-text-base); }
.reveal .slides { text-align: left; }
.reveal .slides section { height: 100%; }
.reveal .slides section > h2 {
  margin: 0 0 1.2rem; padding: 0 0 0.6rem; border-bottom: 2px solid var(--mbrl-line);
  font-size: 38px; font-weight: 600; line-height: 1.2; text-wrap: balance;
}
.reveal .slides section.title { display: flex !important; flex-direction: column;
  justify-content: center; }
.reveal .slides section.title:not(.present) { display: none !important; }
.reveal .slides section.title h1 { font-size: 64px; margin: 0 0 2rem; line-height: 1.15; }
.reveal p { margin: 0 0 1.2rem; }
.reveal :is(ul, ol) { margin: 0; padding-left: 1.3em; }
.reveal li { margin-bottom: 0.5rem; }
.reveal li p { margin: 0; }
.reveal figure { margin: 0; text-align: center; }
.reveal figure :is(svg, img, video) { max-width: 100%; max-height: 430px; width: auto; }
.reveal figure svg { width: 100%; height: 430px; }
.reveal figure figcaption { max-width: none; margin: 0.8rem 0 0; font-size: 22px; }
.reveal figcaption p { margin: 0.4rem 0 0; }
.reveal table { border-collapse: collapse; font-size: 24px; }
.reveal :is(th, td) { padding: 0.3rem 0.9rem; border-bottom: 1px solid var(--mbrl-line);
  text-align: left; }
.reveal th p, .reveal td p { margin: 0; }
.reveal div.math { margin: 1.6rem 0; font-size: 32px; }
.reveal .eqno { float: right; color: var(--mbrl-quiet); font-size: 24px; }
.reveal a { color: inherit; text-decoration: none; }
.reveal code { font-size: 0.88em; color: var(--pst-color-inline-code); }
.reveal .quiet { color: var(--mbrl-quiet); font-size: 22px; margin: 0; }
.reveal .slide-number { left: 12px; right: auto; background: none; color: var(--mbrl-quiet);
  font-size: 16px; }
html[data-theme="light"] .only-dark, html[data-theme="dark"] .only-light { display: none; }
"""


@dataclass(frozen=True)
class Slide:
    """A heading, and HTML below it."""

    heading: str
    body: str


def main() -> int:
    """Make the slides; 0 when all is well, 1 for a chapter that is not built."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="such as mpc (all when left out)")
    parser.add_argument("--dark", action="store_true", help="for a dark room")
    parser.add_argument("--site", type=Path, default=SITE, help="another built site")
    arguments = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    for name in arguments.chapters or chapters(arguments.site):
        page = arguments.site / "book" / f"{name}.html"
        if not page.is_file():
            console.print(f"{page} does not exist; build it: python tools/build_book.py")
            return 1
        target = arguments.site / "slides" / page.name
        target.parent.mkdir(exist_ok=True)
        text, count = deck(page.read_text(encoding="utf-8"), dark=arguments.dark)
        target.write_text(text, encoding="utf-8")
        console.print(f"{count:3d} slides  {target.resolve().as_uri()}")
    return 0


def chapters(site: Path) -> list[str]:
    """The names of all chapters of a built site."""
    pages = sorted((site / "book").glob("*.html"))
    return [p.stem for p in pages if "mbrl-chapter-info" in p.read_text(encoding="utf-8")]


def deck(page: str, dark: bool = False) -> tuple[str, int]:
    """The page with the slides of a chapter's page, and their number."""
    article = BeautifulSoup(page, "html.parser").find("article")
    for needless in article.select(".headerlink, script, .mbrl-chapter-info, style, template"):
        needless.decompose()
    for link in article.select("a"):  # nobody leaves a lecture by a link
        link.unwrap()
    chapter = article.find("section")
    title = chapter.find("h1").get_text().strip()
    shown = list(slides(chapter))
    sections = "\n".join(
        f"<section>\n<h2>{html.escape(slide.heading)}</h2>\n{slide.body}\n</section>"
        for slide in shown
    )
    question = next((p for p in chapter.find_all("p", recursive=False)), None)
    first = f'<section class="title">\n<h1>{html.escape(title)}</h1>\n{question or ""}\n</section>'
    text = PAGE.format(
        title=html.escape(title), slides=f"{first}\n{sections}", style=STYLE,
        theme="dark" if dark else "light",
    )  # fmt: skip
    return text, len(shown) + 1


def slides(section: Tag, heading: str = "") -> Iterator[Slide]:
    """The slides of a section and of those in it."""
    lead = ""
    for part in section.find_all(True, recursive=False):
        if part.name == "section":
            own = part.find(re.compile("^h[2-4]$")).get_text().strip()
            if re.sub(r"^[\d.]+ *", "", own).lower() not in LEFT_OUT:
                yield from slides(part, own)
        elif part.name == "p":
            lead = sentences(part)[-1]  # the one that leads to what follows
        elif part.name == "form":
            yield Slide(heading, selfcheck(part))
        else:
            for body in shown(part):
                words = f"<p>{lead}</p>\n" if lead and heading else ""
                yield Slide(heading or "The picture", words + body)
                lead = ""


def shown(part: Tag) -> Iterator[str]:
    """What of an element is put on a slide, as HTML; nothing for code and the like."""
    if part.name in ("ul", "ol"):
        if len(part.find_all("li", recursive=False)) <= LONG:
            yield str(part) if len(part.get_text()) < WORDY else shortened(part)
    elif part.name == "figure" or "math" in part.get("class", []):
        yield str(part)
    elif part.name == "table":
        if len(part.find_all("tr")) <= LONG + 1:
            yield str(part)
    elif part.name in ("div", "details"):
        if any(c in part.get("class", []) for c in ("admonition", "highlight", "cell_input")):
            return
        for inner in part.find_all(True, recursive=False):
            yield from shown(inner)


def selfcheck(form: Tag) -> str:
    """The question and its choices, for the room to answer: without the explanations."""
    form = copy.copy(form)
    for needless in form.select(".selfcheck-why, .selfcheck-footer, input, .selfcheck-kicker"):
        needless.decompose()
    question = form.find("legend").decode_contents()
    choices = "\n".join(f"<li>{c.decode_contents()}</li>" for c in form.select(".selfcheck-label"))
    return (
        f'<p class="quiet">A question</p>\n<p><strong>{question}</strong></p>\n'
        f'<ol type="a">\n{choices}\n</ol>'
    )


def shortened(items: Tag) -> str:
    """A list with the first sentence of each item; of two, where the first is a name in bold."""
    lines = []
    for item in items.find_all("li", recursive=False):
        holder = item.find("p", recursive=False) or item
        said = sentences(holder)
        lines.append(
            f"<li>{' '.join(map(str.strip, said[: 1 + said[0].endswith('</strong>')]))}</li>"
        )
    return f"<{items.name}>\n" + "\n".join(lines) + f"\n</{items.name}>"


def sentences(paragraph: Tag) -> list[str]:
    """HTML of each sentence; an end inside an element, but for bold words, is none."""
    pieces, current = [], ""
    for node in paragraph.contents:
        if isinstance(node, Tag):
            current += str(node)
            if node.name == "strong" and node.get_text().endswith("."):
                pieces.append(current)
                current = ""
            continue
        parts = SENTENCE.split(html.escape(str(node), quote=False))
        for part in parts[:-1]:
            pieces.append(current + part)
            current = ""
        current += parts[-1]
    return [*pieces, current] if current.strip() else pieces or [""]


if __name__ == "__main__":
    sys.exit(main())
