"""How fast the demos are in the page, in headless Chromium."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.evidence import record
from tools.browser import chromium, new_page, throttle
from tools.export_demos import LIMIT_MIB, weights_mib

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
DEMO = "document.querySelector('.demo').demo_instance"
SECTION = """<section class="demo" data-demo="dream"><div class="demo-stage"><div>
<button class="demo-start" type="button" hidden>Start</button></div></div></section>"""
# Frames a second that the page computes and paints when it need not wait for the screen. A pixel
# is read back from each, so that none is put off.
UNLIMITED = f"""(seconds) => {{
  const instance = {DEMO};
  instance.pause();
  const context = document.querySelector(".demo canvas").getContext("2d");
  const started = performance.now();
  let frames = 0;
  while (performance.now() - started < 1000 * seconds) {{
    instance.advance(1 / 60);
    context.getImageData(0, 0, 1, 1);
    frames++;
  }}
  return (1000 * frames) / (performance.now() - started);
}}"""
# Frames a second that reach the screen, which asks for 60.
SHOWN = f"""async (seconds) => {{
  const instance = {DEMO};
  instance.resume();
  const [before, started] = [instance.frames, performance.now()];
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  return (1000 * (instance.frames - before)) / (performance.now() - started);
}}"""


def page_with(browser: Browser, folder: Path, *scripts: str, body: str = "") -> Page:
    """A page that has loaded these scripts of `book/_demos`, written into `folder`."""
    tags = "\n".join(f'<script src="{(DEMOS / name).as_uri()}"></script>' for name in scripts)
    path = folder / "bench.html"
    path.write_text(PAGE.format(scripts=body + tags), encoding="utf-8")
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


def dream(seconds: float = 1.0, windows: int = 20) -> None:
    """How many frames of the dream a page shows, as it is and with a quarter of the processor.

    Of some windows the best counts: what else the machine does can only take frames away.
    """
    scripts = ("demo.js", "nn.js", "pictures.js", "dream.js")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = page_with(browser, Path(folder), *scripts, body=SECTION)
        page.click(".demo-start")
        page.wait_for_function(f"{DEMO}.state === 'running'")
        page.evaluate(UNLIMITED, 1)  # the compiler warms up
        unlimited = max(page.evaluate(UNLIMITED, seconds) for _ in range(windows))
        throttle(page, 4)
        page.evaluate(SHOWN, 1)
        shown = max(page.evaluate(SHOWN, seconds) for _ in range(windows))
    record(
        id="dream_fps",
        what="frames of the dream that headless Chromium computes and paints in a second when it "
        "need not wait for the screen, LSTM, mixtures, decoder and charts included; the best of "
        f"{windows} windows of {seconds} s",
        target=">= 60",
        measured=round(unlimited, 1),
        unit="/s",
        command="make bench only=demo_dream",
        packages=("playwright",),
    )
    record(
        id="dream_fps_4x_throttle",
        what="frames of the dream that reach the screen in a second, of 60 at most, with a "
        "processor four times slower (Emulation.setCPUThrottlingRate 4); the best of "
        f"{windows} windows of {seconds} s",
        target=">= 30",
        measured=round(shown, 1),
        unit="/s",
        command="make bench only=demo_dream",
        packages=("playwright",),
    )


def agreement() -> None:
    """How far the demos are from torch, with the kernel and without; how large their weights."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = page_with(
            browser, Path(folder), "demo.js", "nn.js", "pictures.js", "planner_core.js",
            "glucose_core.js",
        )  # fmt: skip
        page.evaluate("Demos.all = {}; Demos.weights = (name, data) => { Demos.all[name] = data; }")
        for path in sorted((DEMOS / "weights").glob("*.js")):
            page.add_script_tag(path=path)
        found = {
            name: errors(page)
            for name, errors in (
                ("planner", _planner_errors),
                ("VAE", _vae_errors),
                ("dream", _dream_errors),
                ("glucose", _glucose_errors),
            )
        }
    parts = ", ".join(f"{name} {max(errors):.1e}" for name, errors in found.items())
    record(
        id="demo_torch_max_error",
        what="the largest difference between what the demos compute in the page and the golden "
        "values of the library, relative to numbers above 1, with SIMD and in plain JavaScript: "
        + parts,
        target="<= 1e-4",
        measured=float(f"{max(map(max, found.values())):.2g}"),
        unit="",
        command="make bench only=demo_agreement",
        packages=("playwright",),
    )
    record(
        id="demo_weights_mib",
        what="all weights of all demos together, in base64 as they are loaded",
        target=f"<= {LIMIT_MIB:.0f}",
        measured=round(weights_mib(), 2),
        unit="MiB",
        command="make bench only=demo_agreement",
        packages=("playwright",),
    )


def _relative(found: object, expected: object) -> float:
    found, expected = np.ravel(found), np.ravel(expected)
    if found.shape != expected.shape:
        raise ValueError(f"the page says {found.shape} numbers, the library {expected.shape}")
    return float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max())


def _planner_errors(page: Page) -> list[float]:
    from tests.site.test_demo_planner import GOLDEN, MODELS, ONE_STEP, ROLLOUTS, TRUTH

    page.evaluate("Demos.given = Demos.all.planner")
    errors = []
    for name, simd in itertools.product(MODELS, (True, False)):
        given = GOLDEN[name]
        step = page.evaluate(ONE_STEP, [name, simd, given["state"], given["action"]])
        states = given["state"][: len(given["sequences"])]
        paths = page.evaluate(ROLLOUTS, [name, simd, states, given["sequences"]])
        errors += [_relative(step, given["next"]), _relative(paths, given["paths"])]
    truth = GOLDEN["truth"]
    moved = np.asarray(page.evaluate(TRUTH, [truth["state"], truth["action"]]))
    return [
        *errors,
        _relative(moved[:, :5], truth["next"]),
        _relative(moved[:, 5], truth["reward"]),
    ]


def _vae_errors(page: Page) -> list[float]:
    from tests.site.test_demo_vae import DECODE, ERRORS, GOLDEN

    page.evaluate("Demos.given = Demos.all")
    errors = []
    for simd in (True, False):
        found = page.evaluate(DECODE, [simd, GOLDEN["decoder"]["z"]])
        errors.append(_relative(found["pictures"], GOLDEN["decoder"]["pictures"]))
        errors.append(_relative(page.evaluate(ERRORS, simd), GOLDEN["vae"]["error"]))
    return errors


def _dream_errors(page: Page) -> list[float]:
    from tests.site.test_demo_dream import DREAM, GOLDEN

    page.evaluate("Demos.given = Demos.all")
    errors = []
    for given, simd in itertools.product(GOLDEN["dreams"], (True, False)):
        found = page.evaluate(DREAM, [simd, given])
        for ours, theirs in zip(found, given["steps"], strict=True):
            errors += [_relative(ours[name], theirs[name]) for name in ours]
    return errors


def _glucose_errors(page: Page) -> list[float]:
    from tests.site.test_demo_glucose import FORESEEN, GOLDEN, LIVE

    page.evaluate("Demos.given = Demos.all.glucose")
    errors = []
    for kind, days in (("given", GOLDEN["free"]), ("rule", GOLDEN["rule"])):
        for given in days:
            found = page.evaluate(LIVE, [given, kind, 1, {}])
            errors.append(_relative(found["glucose"], given["glucose"]))
    for given in GOLDEN["forecasts"]:
        errors.append(_relative(page.evaluate(FORESEEN, given), given["glucose"]))
    return errors
