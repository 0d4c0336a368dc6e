"""The planner demo: it computes what torch computes, and does what a reader asks of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads((ROOT / "tests" / "site" / "golden" / "planner.json").read_text("utf-8"))
SCRIPTS = ("demo.js", "nn.js", "planner_core.js", "planner.js")
SECTION = """<section class="demo" data-demo="planner"><div class="demo-stage"><div>
<button class="demo-start" type="button" hidden>Start</button></div></div></section>
<p style="height: 3000px">A long page.</p>"""
MODELS = ("little", "much")
AGREEMENT = 1e-4

DEMO = "document.querySelector('.demo').demo_instance"
STARTED = f"() => ['running', 'paused'].includes({DEMO}.state)"
ENSEMBLE = """
  const engine = new NN.Engine({simd});
  const all = Object.entries(Demos.given.tensors);
  const own = all.filter(([key]) => key.startsWith(name + "."));
  const named = own.map(([key, entry]) => [key.slice(name.length + 1), Demos.tensor(entry)]);
  const model = new Planner.Ensemble(engine, Object.fromEntries(named));
"""
ONE_STEP = f"""([name, simd, states, actions]) => {{{ENSEMBLE}
  return Array.from({{length: model.members}}, (_, member) => {{
    model.states.set(states.flat());
    model.step(member, states.length, actions, 0, 1);
    return Array.from(model.states.subarray(0, 5 * states.length));
  }});
}}"""
ROLLOUTS = f"""([name, simd, states, sequences]) => {{{ENSEMBLE}
  const horizon = sequences[0].length;
  return Array.from({{length: horizon}}, (_, h) => h).map((last) =>
    Array.from({{length: model.members}}, (_, member) => {{
      model.states.set(states.flat());
      for (let h = 0; h <= last; h++) {{
        model.step(member, states.length, sequences.flat(), h, horizon);
      }}
      return Array.from(model.states.subarray(0, 5 * states.length));
    }}));
}}"""
TRUTH = """([states, actions]) => states.map((state, k) => {
  const next = new Float64Array(5);
  Planner.move(state, 0, actions[k], next, 0);
  return [...next, Planner.rewardOf(next, 0)];
})"""
# how much of a canvas is drawn on: the share of its pixels that are not the most frequent one
PAINTED = """(canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const pixels = new Uint32Array(data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  return 1 - Math.max(...counts.values()) / pixels.length;
}"""
# some steps from the beginning, by these settings: all that has come of them
PLAYED = """([settings, steps]) => {
  const instance = document.querySelector(".demo").demo_instance;
  instance.pause();
  for (const [label, value] of Object.entries(settings)) instance.controls[label].set(value);
  instance.reset();
  const loop = instance.demo.loop;
  const seen = [];
  for (let i = 0; i < steps; i++) {
    instance.step();
    seen.push(...loop.state, loop.search.bestReturn, loop.plans);
  }
  return seen;
}"""


@pytest.fixture
def computing(demo_page):
    """A page that can compute, the exported weights in `Demos.given`."""
    page = demo_page("demo.js", "nn.js", "planner_core.js")
    page.evaluate("Demos.weights = (name, data) => { Demos.given = data; }")
    page.add_script_tag(path=ROOT / "book" / "_demos" / "weights" / "planner.js")
    return page


@pytest.fixture
def playing(demo_page):
    """The demo on a page, started."""

    def start(**options):
        page = demo_page(*SCRIPTS, body=SECTION, **options)
        page.click(".demo-start")
        page.wait_for_function(STARTED)
        return page

    return start


def difference(found, expected) -> float:
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.abs(found.reshape(expected.shape) - expected).max())


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
@pytest.mark.parametrize("name", MODELS)
def test_one_step_is_what_torch_predicts(computing, name, simd):
    given = GOLDEN[name]
    found = computing.evaluate(ONE_STEP, [name, simd, given["state"], given["action"]])
    assert difference(found, given["next"]) <= AGREEMENT


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
@pytest.mark.parametrize("name", MODELS)
def test_whole_rollouts_are_what_torch_predicts(computing, name, simd):
    given = GOLDEN[name]
    states = given["state"][: len(given["sequences"])]
    found = computing.evaluate(ROLLOUTS, [name, simd, states, given["sequences"]])
    assert difference(found, given["paths"]) <= AGREEMENT


def test_control_another_models_predictions_disagree(computing):
    given = GOLDEN["much"]
    found = computing.evaluate(ONE_STEP, ["little", True, given["state"], given["action"]])
    assert difference(found, given["next"]) > AGREEMENT


def test_the_true_dynamics_and_the_reward_are_the_librarys(computing):
    given = GOLDEN["truth"]
    found = np.asarray(computing.evaluate(TRUTH, [given["state"], given["action"]]))
    assert difference(found[:, :5], given["next"]) <= 1e-9
    assert difference(found[:, 5], given["reward"]) <= 1e-9


def test_both_planners_find_the_better_end_of_a_known_problem(computing):
    """Upright and drifting right, the pole falls unless the cart is pushed right at once."""
    found = computing.evaluate("""() => ["shoot", "cem"].map((method) => {
      const search = new Planner.Search(NN.luck(3));
      const state = [0, 0, Math.cos(0.1), Math.sin(0.1), 1];
      const settings = {method, candidates: 300, horizon: 15, members: 1};
      search.plan(new Planner.Truth(), state, settings, false);
      return [search.best[0] + search.best[1] + search.best[2], search.bestReturn];
    })""")
    for pushes, earned in found:
        assert pushes > 0.5
        assert 12 < earned <= 15


def test_the_default_settings_swing_the_pole_up_and_hold_it(playing):
    page = playing()
    seen = np.asarray(page.evaluate(PLAYED, [{}, 150])).reshape(150, 7)
    assert (seen[75:, 2] > 0.95).all(), "not upright in the second half"
    assert (np.abs(seen[:, 0]) < 2.4).all()
    assert not page.record.console


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_blank(playing, theme):
    page = playing(theme=theme)
    page.evaluate(PLAYED, [{}, 15])
    canvases = page.query_selector_all(".demo canvas")
    assert len(canvases) == 3
    assert all(canvas.evaluate(PAINTED) > 0.005 for canvas in canvases)


def test_control_a_blank_canvas_is_noticed(playing):
    page = playing()
    page.evaluate(f"{DEMO}.pause(); {DEMO}.demo.draw = () => {{}}; {DEMO}.refit()")
    canvas = page.query_selector(".demo canvas")
    canvas.evaluate("(canvas) => { canvas.width = canvas.width; }")
    assert canvas.evaluate(PAINTED) == 0


SETTINGS = {
    "Horizon H": 10, "Candidates K": 30, "Members": 1, "Model": "little", "Planner": "shoot",
    "Replan at every step": False,
}  # fmt: skip


@pytest.mark.parametrize("label", SETTINGS)
def test_every_control_changes_what_happens(playing, label):
    page = playing()
    before = page.evaluate(PLAYED, [{}, 20])
    assert page.evaluate(PLAYED, [{}, 20]) == before, "the same settings do the same"
    assert page.evaluate(PLAYED, [{label: SETTINGS[label]}, 20]) != before


def test_control_a_dead_slider_is_noticed(playing):
    page = playing()
    before = page.evaluate(PLAYED, [{}, 20])
    page.evaluate(f"""() => {{
      const slider = {DEMO}.controls["Horizon H"];
      slider.set = (value) => {{ slider.input.value = value; }};
    }}""")
    assert page.evaluate(PLAYED, [{"Horizon H": 10}, 20]) == before


def test_a_control_shows_its_effect_while_paused(playing):
    page = playing(reduced_motion="reduce")
    plan = f"() => Array.from({DEMO}.demo.loop.preview.mean)"
    before = page.evaluate(plan)
    slider = page.get_by_label("Horizon H")
    slider.focus()
    slider.press("ArrowLeft")
    assert page.evaluate(plan) != before
    assert page.locator("output").first.text_content() == "24 steps, 1.0 s"


def test_members_can_be_chosen_of_an_ensemble_only(playing):
    page = playing(reduced_motion="reduce")
    members = page.get_by_label("Members")
    given = members.input_value()
    for name, there in (("true dynamics", False), ("little data", True), ("much data", True)):
        page.get_by_text(name, exact=True).click()
        assert members.is_enabled() == there, name
    assert members.input_value() == given


def test_pushes_by_button_key_and_touch(playing):
    page = playing(reduced_motion="reduce", has_touch=True)
    turning = f"{DEMO}.demo.loop.state[4]"
    canvas = page.locator(".demo canvas").first
    assert page.evaluate(turning) == 0
    page.get_by_role("button", name="Push the pole").click()
    assert page.evaluate(turning) == pytest.approx(2)
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(turning) == pytest.approx(0)
    box = canvas.bounding_box()
    page.touchscreen.tap(box["x"] + 0.1 * box["width"], box["y"] + 0.5 * box["height"])
    assert page.evaluate(turning) == pytest.approx(2), "tapped on its left, it goes right"


def test_keys_belong_to_the_page_unless_the_canvas_has_the_focus(playing):
    page = playing(reduced_motion="reduce")
    canvas = page.locator(".demo canvas").first
    canvas.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(f"{DEMO}.demo.loop.state[4]") == 0
    page.keyboard.press("PageDown")
    page.wait_for_function("scrollY > 0")


def test_all_can_be_reached_by_keyboard(playing):
    page = playing(reduced_motion="reduce")
    reached = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => {
          const at = document.activeElement;
          return at.labels?.[0]?.textContent || at.textContent || at.tagName;
        }""")
        )
    wanted = {"Play", "Step", "Reset", "Push the pole", "Replan at every step", "CANVAS"}
    assert wanted | {"Horizon H", "Candidates K", "Members", "much data"} <= reached


def test_with_reduced_motion_it_waits_and_steps(playing):
    page = playing(reduced_motion="reduce")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{DEMO}.state") == "paused"
    assert page.evaluate(f"{DEMO}.demo.loop.time") == 0
    page.get_by_role("button", name="Step").click()
    assert page.evaluate(f"{DEMO}.demo.loop.time") == 1


def test_without_it_runs_pauses_and_rests_off_screen(playing):
    page = playing()
    page.wait_for_function(f"{DEMO}.demo.loop.time > 5")
    page.evaluate("scrollTo(0, 2500)")
    page.wait_for_function(f"!{DEMO}.visible")
    page.wait_for_timeout(50)
    then = page.evaluate(f"{DEMO}.demo.loop.time")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{DEMO}.demo.loop.time") == then
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(f"{DEMO}.demo.loop.time > {then}")
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(f"{DEMO}.state") == "paused"


def test_it_redraws_when_the_theme_changes(playing):
    page = playing(reduced_motion="reduce")
    picture = "document.querySelector('.demo canvas').toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"(before) => {picture} !== before", arg=before)


def test_it_fits_a_phone(playing):
    page = playing(width=390, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for canvas in page.query_selector_all(".demo canvas"):
        box = canvas.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_weights_are_loaded_on_demand_and_their_absence_is_said(demo_page):
    page = demo_page(*SCRIPTS, body=SECTION)
    assert not [url for url in page.record.requests if "/weights/" in url]
    # the demo as it is, but with weights that do not exist
    page.evaluate("""() => {
      Demos.define("planner", {weights: ["nowhere"], build: () => ({draw() {}})});
    }""")
    page.click(".demo-start")
    message = page.get_by_role("alert")
    assert "nowhere.js cannot be read" in message.text_content(timeout=5000)
    page.evaluate("""() => {
      Demos.define("planner", {weights: ["planner"], build: () => ({draw() {}})});
    }""")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function(STARTED)
    assert not message.count()
    assert [url for url in page.record.requests if url.endswith("/weights/planner.js")]
