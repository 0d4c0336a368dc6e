"""How fast the demos are in the page, in headless Chromium."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.evidence import record
from tools.browser import chromium, new_page

ROOT = Path(__file__).resolve().parent.parent
DEMOS = ROOT / "book" / "_demos"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,">
</head><body>{scripts}</body></html>"""
# The median time of a whole plan from a hanging start, ms, after some plans to warm up.
PLAN = """([weights, settings, plans]) => {
  const named = Object.entries(weights.tensors).filter(([name]) => name.startsWith("much."));
  const tensors = named.map(([name, entry]) => [name.slice(5), Demos.tensor(entry)]);
  const model = new Planner.Ensemble(new NN.Engine(), Object.fromEntries(tensors));
  const search = new Planner.Search(NN.luck(1));
  const state = new Float64Array([0, 0, -1, 0, 0]);
  const times = [];
  for (let i = 0; i < plans + 10; i++) {
    const started = performance.now();
    search.plan(model, state, settings, i > 0);
    if (i >= 10) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(plans / 2)];
}"""


def page_with(browser: Browser, folder: Path, *scripts: str) -> Page:
    """A page that has loaded these scripts of `book/_demos`, written into `folder`."""
    tags = "\n".join(f'<script src="{(DEMOS / name).as_uri()}"></script>' for name in scripts)
    path = folder / "bench.html"
    path.write_text(PAGE.format(scripts=tags), encoding="utf-8")
    page = new_page(browser)
    page.goto(path.as_uri())
    return page


def planner(plans: int = 60) -> None:
    """How often a second the planner demo plans with K = 300, H = 20 and all five members."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = page_with(browser, Path(folder), "demo.js", "nn.js", "planner_core.js")
        page.evaluate("Demos.weights = (name, data) => { window.given = data; }")
        page.add_script_tag(path=DEMOS / "weights" / "planner.js")
        rates = {}
        for method in ("shoot", "cem"):
            settings = {"method": method, "candidates": 300, "horizon": 20, "members": 5}
            run = f"([settings, plans]) => ({PLAN})([window.given, settings, plans])"
            rates[method] = 1000 / page.evaluate(run, [settings, plans])
    record(
        id="planner_replans_per_second",
        what="plans a second of the planner demo in headless Chromium, the median of "
        f"{plans}: K = 300, H = 20, five members, the slower of random shooting and CEM",
        target=">= 20",
        measured=round(min(rates.values()), 1),
        unit="/s",
        command="make bench only=demo_planner",
        packages=("playwright",),
    )
