"""Pictures of every page, to look through: `python tools/gallery.py`.

Each page of the built site is taken from top to bottom, at the widths of a desk, a tablet and a
phone, in light and in dark, into `_build/gallery`; its `index.html` shows them side by side. Names
of pages limit it to these: `python tools/gallery.py book/mpc.html index.html`. With `--readme` the
front page, in light and in dark, becomes the picture of the site that the README shows.
"""

from __future__ import annotations

import argparse
import html
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # also run as a file

from tools.browser import NO_SITE, ROOT, SITE, chromium, new_page, served, visit
from tools.site_checks import FRONT, page_names

GALLERY = ROOT / "_build" / "gallery"
WIDTHS = (1440, 768, 390)
THEMES = ("light", "dark")
README, README_WIDTH, GAP = ROOT / "book" / "images" / "site.png", 1400, 24
TILE = 4000  # the browser paints no picture that is much higher, so pages are taken in pieces

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gallery of the site</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; background: #fff; color: #222 }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: start }
a { flex: none; height: 26rem; overflow: hidden; border: 1px solid #ccc }
</style>
</head>
<body>
<h1>Gallery of the site</h1>
<p>Each picture is the top of one; press it to see all of the page.</p>
"""


def main() -> int:
    """Take the pictures; 0 when all is well, 1 without a site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="as they lie in the site (all when left out)")
    parser.add_argument("--site", type=Path, default=SITE, help="another built site")
    parser.add_argument("--into", type=Path, default=GALLERY, help="another folder")
    parser.add_argument("--width", type=int, action="append", help=f"default {WIDTHS}")
    parser.add_argument("--theme", choices=THEMES, action="append", help="default both")
    parser.add_argument("--readme", action="store_true", help="the README's picture instead")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    if not (arguments.site / "index.html").exists():
        console.print(NO_SITE, style="red")
        return 1
    if arguments.readme:
        with chromium() as browser, served(arguments.site) as url:
            front_page(browser, url).save(README, optimize=True)
        console.print(f"{README.relative_to(ROOT)}")
        return 0
    names = arguments.pages or list(page_names(arguments.site))
    widths, themes = arguments.width or WIDTHS, arguments.theme or THEMES
    arguments.into.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, served(arguments.site) as url:
        for name in names:
            page = new_page(browser, reduced_motion="reduce")
            page.set_default_timeout(180_000)  # pictures of high pages take a slow machine a while
            visit(page, url + name)
            page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
            take(page, name, arguments.into, widths, themes)
            page.context.close()
            console.print(name)
    write_index(arguments.into)
    console.print(f"The gallery: {(arguments.into / 'index.html').resolve().as_uri()}")
    return 0


def front_page(browser: Browser, url: str) -> Image.Image:
    """The top of the front page, light and dark side by side."""
    both = []
    for theme in THEMES:
        page = visit(new_page(browser, theme=theme, width=1280), url + FRONT)
        page.wait_for_timeout(1000)  # colours fade into those of the dark
        both.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        page.context.close()
    width, height = both[0].size
    picture = Image.new("RGB", (2 * width + GAP, height), "white")
    for place, one in enumerate(both):
        picture.paste(one, (place * (width + GAP), 0))
    scale = README_WIDTH / picture.width
    return picture.resize((README_WIDTH, round(scale * height)), Image.Resampling.LANCZOS)


def take(
    page: Page, name: str, into: Path, widths: tuple[int, ...], themes: tuple[str, ...]
) -> None:
    """The pictures of one open page, one for each width and theme."""
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)  # canvases are drawn again
            whole(page).save(into / f"{stem(name)}--{width}-{theme}.jpg", quality=85)


def whole(page: Page) -> Image.Image:
    """All of a page, put together from pieces."""
    width = page.viewport_size["width"]
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    picture = Image.new("RGB", (width, height))
    for top in range(0, height, TILE):
        clip = {"x": 0, "y": top, "width": width, "height": min(TILE, height - top)}
        piece = page.screenshot(full_page=True, clip=clip)
        picture.paste(Image.open(io.BytesIO(piece)), (0, top))
    return picture


def stem(name: str) -> str:
    """`book/mpc.html` as the beginning of a file's name."""
    return name.removesuffix(".html").replace("/", "-")


def write_index(folder: Path) -> None:
    """A page with all pictures of the folder, a row for each page."""
    rows: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*--*.jpg")):
        rows.setdefault(path.stem.split("--")[0], []).append(path)
    lines = [HEAD]
    for name, pictures in rows.items():
        lines.append(f"<h2>{html.escape(name)}</h2>\n<div>")
        for path in sorted(pictures, key=_order):
            what = html.escape(f"{name}, {path.stem.split('--')[1]}")
            width = int(path.stem.split("--")[1].split("-")[0]) // 3
            lines.append(
                f'<a href="{path.name}"><img src="{path.name}" width="{width}" alt="{what}" '
                'loading="lazy"></a>'
            )
        lines.append("</div>")
    text = "\n".join([*lines, "</body>", "</html>", ""])
    (folder / "index.html").write_text(text, encoding="utf-8")


def _order(path: Path) -> tuple[bool, int]:
    width, theme = path.stem.split("--")[1].split("-")
    return theme == "dark", -int(width)


if __name__ == "__main__":
    sys.exit(main())
