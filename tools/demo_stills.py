"""The demos' still pictures: `python tools/demo_stills.py NAME [...]`, by default all of them.

Opens each demo in Chromium, lets some of its time pass, and writes what is then to be seen into
`book/images/demos/NAME.png` and `NAME-dark.png`. They stand in the page until a reader presses
Start, and in print.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))
sys.path.insert(0, str(ROOT))

from mbrl_demos import SCRIPTS, scripts  # noqa: E402

from tools.browser import chromium, new_page  # noqa: E402

TARGET = ROOT / "book" / "images" / "demos"
LIMIT = 100_000  # bytes
BACKGROUND = {"light": "#ffffff", "dark": "#121212"}  # the pages'
PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><title>{name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{course}"><link rel="stylesheet" href="{style}">
<style>
  html {{ --pst-color-background: {background}; background: {background}; }}
  body {{ font: 16px system-ui, sans-serif; width: 760px; margin: 0; }}
  section.demo {{ margin: 0; padding: 0; border: 0; }}
</style></head>
<body><section class="demo" data-demo="{name}"><div class="demo-stage"><div>
<button class="demo-start" hidden>Start</button></div></div></section>
{scripts}</body></html>
"""
STARTED = "() => /running|paused/.test(document.querySelector('.demo').demo_instance.state)"
PASS = """([steps, controls]) => {
  const instance = document.querySelector(".demo").demo_instance;
  instance.pause();
  if (instance.demo.reset) instance.reset();
  for (const [label, value] of Object.entries(controls)) instance.controls[label].set(value);
  for (let i = 0; i < steps; i++) instance.step();
  instance.demo.draw();
}"""


@dataclass(frozen=True)
class Still:
    """What a picture shows."""

    steps: int = 40  # presses of Step
    controls: dict[str, object] = field(default_factory=dict)  # label -> value
    shows: str = ".demo-scene"  # a CSS selector; its first match is taken
    photo: bool = False  # soft shades rather than lines: colours are mixed by dots


STILLS = {
    "planner": Still(steps=12, shows=".demo-scene canvas"),
    "glucose": Still(
        steps=49,  # to a quarter past twelve, by quarters of an hour
        controls={"Patient": "child", "Who doses?": "mpc"},
        shows=".demo-scene canvas",
    ),
    "vae": Still(steps=0, shows=".demo-pictures", photo=True),
    "dream": Still(270, {"Temperature τ": 0.5}, ".demo-dream", photo=True),
}


def take(browser: Browser, name: str, theme: str) -> bytes:
    """The picture of a demo, PNG. Raises `RuntimeError` when the page complains."""
    tags = "".join(f'<script src="{path.as_uri()}"></script>\n' for path in scripts(name))
    html = PAGE.format(
        name=name, theme=theme, background=BACKGROUND[theme], scripts=tags,
        course=(ROOT / "book" / "_static" / "course.css").as_uri(),
        style=(SCRIPTS / "demo.css").as_uri(),
    )  # fmt: skip
    still = STILLS.get(name, Still())
    page = new_page(browser, theme, 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        page.click(".demo-start")
        page.wait_for_function(STARTED)
        page.evaluate(PASS, [still.steps, still.controls])
        taken = page.locator(still.shows).first.screenshot()
    complaints = page.record.console
    page.context.close()
    if complaints:
        raise RuntimeError(f"{name}: {complaints[0]}")
    return taken


def smaller(png: bytes, theme: str, photo: bool = False) -> bytes:
    """The same picture in 256 colours, rare ones (a small red car) among them.

    The ground keeps the very colour of its theme, or the picture would stand on a sheet.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    ground = np.array(ImageColor.getrgb(BACKGROUND[theme]))
    few = picture.quantize(255, Image.Quantize.MAXCOVERAGE)
    dither = Image.Dither.FLOYDSTEINBERG if photo else Image.Dither.NONE
    indices = np.array(picture.quantize(palette=few, dither=dither))
    indices[(np.array(picture) == ground).all(axis=-1)] = 255
    small = Image.fromarray(indices, "P")
    small.putpalette([*few.getpalette()[: 255 * 3], *ground.tolist()])
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """0; 1 when a picture has grown too large; 2 for an unknown name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(STILLS)}")
    names = parser.parse_args(arguments).name or list(STILLS)
    if unknown := [name for name in names if not (SCRIPTS / f"{name}.js").is_file()]:
        print(f"no such demo: {', '.join(unknown)}")
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    large = False
    with chromium() as browser:
        for name in names:
            for theme, suffix in (("light", ""), ("dark", "-dark")):
                png = smaller(take(browser, name, theme), theme, STILLS.get(name, Still()).photo)
                path = TARGET / f"{name}{suffix}.png"
                path.write_bytes(png)
                print(f"{path.relative_to(ROOT)}: {len(png) / 1000:.0f} kB")
                large |= len(png) > LIMIT
    return int(large)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
