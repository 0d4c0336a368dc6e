"""The dream: it dreams what torch dreams, and does what a reader asks of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.site.test_demo_planner import PAINTED

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads((ROOT / "tests" / "site" / "golden" / "dream.json").read_text("utf-8"))
SCRIPTS = ("demo.js", "nn.js", "pictures.js", "dream.js")
STYLE = f'<link rel="stylesheet" href="{(ROOT / "book/_demos/demo.css").as_uri()}">'
SECTION = f"""{STYLE}
<section class="demo" data-demo="dream"><div class="demo-stage"><div>
<button class="demo-start" type="button" hidden>Start</button></div></div></section>
<p style="height: 3000px">A long page.</p>"""
AGREEMENT = 1e-4

DEMO = "document.querySelector('.demo').demo_instance"
STATE = f"{DEMO}.demo.state()"
STARTED = f"() => ['running', 'paused'].includes({DEMO}.state)"
# A golden dream again, by itself from its first z on: all that was said in each step.
DREAM = """([simd, given]) => {
  const {meta} = Demos.given.dream;
  const tensors = Pictures.tensors(Demos.given.dream);
  const engine = new NN.Engine({simd});
  const memory = new NN.Memory(engine, tensors, meta);
  memory.reset(Pictures.rows(tensors.h)[given.start], Pictures.rows(tensors.c)[given.start]);
  const [weight, bias] = [tensors.controller_weight.data, tensors.controller_bias.data];
  let z = Pictures.rows(Demos.tensor(Demos.given.vae.tensors.mean))[given.start];
  return given.steps.map(({uniform, normal}) => {
    const action = NN.drive(weight, bias, z, memory.h.data);
    memory.step(z, action);
    const said = memory.prediction();
    const logWeights = Array.from(z, (_, latent) =>
      NN.mixtureWeights(said, latent, 1).map(Math.log)).flat();
    const next = NN.drawMixture(said, uniform, normal, given.temperature);
    const step = {
      z: [...z], action, h: [...memory.h.data], c: [...memory.c], log_weights: logWeights,
      mean: [...said.mean], std: [...said.std], reward: [said.reward], next_z: [...next],
    };
    z = next;
    return step;
  });
}"""
# some decisions from the beginning, by these settings: all that has come of them
PLAYED = f"""([settings, steps]) => {{
  const instance = {DEMO};
  instance.pause();
  for (const [label, value] of Object.entries(settings)) instance.controls[label].set(value);
  instance.reset();
  for (let i = 0; i < steps; i++) instance.step();
  return [...instance.demo.state().z, instance.demo.state().earned];
}}"""
LARGE_JUMPS = f"""([temperature, steps]) => {{
  const instance = {DEMO};
  instance.pause();
  instance.controls["Temperature τ"].set(temperature);
  instance.reset();
  let sum = 0;
  for (let i = 0; i < steps; i++) {{
    instance.step();
    const {{before, z}} = instance.demo.state();
    sum += Math.hypot(...z.map((value, latent) => value - before[latent]));
  }}
  return sum / steps;
}}"""
# the mean return of a dream from each of the frames, without drawing them
EARNED = f"""([settings, steps]) => {{
  const instance = {DEMO};
  instance.pause();
  for (const [label, value] of Object.entries(settings)) instance.controls[label].set(value);
  const starts = document.querySelectorAll(".demo-strip input");
  let sum = 0;
  for (const start of starts) {{
    start.click();
    for (let i = 0; i < steps; i++) instance.demo.frame(instance.demo.stepSeconds);
    sum += instance.demo.state().earned;
  }}
  return sum / starts.length;
}}"""


@pytest.fixture
def computing(demo_page):
    """A page that can compute, exported weights in `Demos.given`, by file."""
    page = demo_page("demo.js", "nn.js", "pictures.js")
    page.evaluate("Demos.given = {}; Demos.weights = (name, data) => { Demos.given[name] = data; }")
    for name in ("vae", "dream"):
        page.add_script_tag(path=ROOT / "book" / "_demos" / "weights" / f"{name}.js")
    return page


@pytest.fixture
def playing(demo_page):
    """The demo on a page, started; it waits, unless motion is asked for."""

    def start(before: str = "", **options):
        options = {"reduced_motion": "reduce"} | options
        page = demo_page(*SCRIPTS, body=SECTION, **options)
        if before:
            page.evaluate(before)
        page.click(".demo-start")
        page.wait_for_function(STARTED)
        return page

    return start


def difference(found, expected) -> float:
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max())


def dream_errors(page, simd: bool, given: dict) -> dict[str, float]:
    """The largest difference between a dream of the page and torch's, for all that it says."""
    found = page.evaluate(DREAM, [simd, given])
    return {
        name: max(
            difference(ours[name], np.ravel(theirs[name]))
            for ours, theirs in zip(found, given["steps"], strict=True)
        )
        for name in found[0]
    }


# --- what it computes -----------------------------------------------------------------------------


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
@pytest.mark.parametrize("given", GOLDEN["dreams"], ids=lambda given: f"tau {given['temperature']}")
def test_a_dream_is_what_torch_dreams(computing, given, simd):
    errors = dream_errors(computing, simd, given)
    assert set(errors) >= {"z", "action", "h", "c", "log_weights", "mean", "std", "reward"}
    assert max(errors.values()) <= AGREEMENT, errors


@pytest.mark.parametrize(
    ("change", "notices"),
    [
        ({"temperature": 1.2}, "next_z"),
        ({"start": 4}, "z"),
    ],
)
def test_control_another_dream_disagrees(computing, change, notices):
    errors = dream_errors(computing, True, GOLDEN["dreams"][1] | change)
    assert errors[notices] > AGREEMENT


@pytest.mark.parametrize(
    ("tensor", "notices"),
    [
        ("input_weight", "h"),
        ("hidden_weight", "h"),
        ("lstm_bias", "c"),
        ("head_weight", "mean"),
        ("reward_scale", "reward"),
        ("controller_weight", "action"),
    ],
)
def test_control_weights_that_are_off_disagree(computing, tensor, notices):
    computing.evaluate(
        """(name) => {
      const read = Pictures.tensors;
      Pictures.tensors = (file) => {
        const tensors = read(file);
        const {data} = tensors[name] || {data: []};
        for (let i = 0; i < data.length; i++) data[i] *= 1.01;
        return tensors;
      };
    }""",
        tensor,
    )
    assert dream_errors(computing, True, GOLDEN["dreams"][1])[notices] > AGREEMENT


def test_what_it_expects_is_the_mean_and_spread_of_what_it_draws(computing):
    found = computing.evaluate("""() => {
      const said = {
        mixtures: 2, logits: Float32Array.of(0, Math.log(3)), mean: Float32Array.of(-1, 1),
        std: Float32Array.of(0.5, 0.25),
      };
      const {uniform, normal} = NN.luck(5);
      return [0.2, 1].map((tau) => {
        const drawn = Array.from({length: 40000}, () =>
          NN.drawMixture(said, [uniform()], [normal()], tau)[0]);
        const mean = drawn.reduce((sum, z) => sum + z, 0) / drawn.length;
        const square = drawn.reduce((sum, z) => sum + z * z, 0) / drawn.length;
        const expected = NN.expectation(said, tau);
        return [mean, Math.sqrt(square - mean * mean), expected.mean[0], expected.std[0]];
      });
    }""")
    for mean, std, expected_mean, expected_std in found:
        assert mean == pytest.approx(expected_mean, abs=0.02)
        assert std == pytest.approx(expected_std, abs=0.02)
    assert found[1][2] == pytest.approx(0.5, abs=1e-6), "3/4 of 1 and 1/4 of -1"


# --- what a reader sees ---------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_blank(playing, theme):
    page = playing(theme=theme)
    page.evaluate(PLAYED, [{}, 110])
    canvases = page.query_selector_all(".demo-dream canvas")
    assert len(canvases) == 3
    painted = [canvas.evaluate(PAINTED) for canvas in canvases]
    assert painted[0] > 0.5
    assert min(painted) > 0.02
    assert not page.record.console


def test_control_a_blank_canvas_is_noticed(playing):
    page = playing()
    page.evaluate(f"{DEMO}.demo.draw = () => {{}}; {DEMO}.refit()")
    canvas = page.query_selector(".demo-road canvas")
    canvas.evaluate("(canvas) => { canvas.width = canvas.width; }")
    assert canvas.evaluate(PAINTED) == 0


def test_the_same_dream_again_and_another(playing):
    page = playing()
    before = page.evaluate(PLAYED, [{}, 10])
    assert page.evaluate(PLAYED, [{}, 10]) == before
    assert page.evaluate(PLAYED, [{"Temperature τ": 0.3}, 10]) != before
    assert page.evaluate(PLAYED, [{"Temperature τ": 1, "Who drives": "you"}, 10]) != before
    page.locator(".demo-strip label").nth(3).click()
    assert page.evaluate(PLAYED, [{"Who drives": "agent"}, 10]) != before


def test_control_a_dead_slider_is_noticed(playing):
    page = playing()
    before = page.evaluate(PLAYED, [{}, 10])
    page.evaluate(f"""() => {{
      const {{controls}} = {DEMO};
      Object.defineProperty(controls["Temperature τ"], "value", {{value: 0.5}});
    }}""")
    assert page.evaluate(PLAYED, [{"Temperature τ": 0.3}, 10]) == before


def test_a_hot_dream_jumps_and_a_cold_one_glides(playing):
    """What the chapter says that one sees."""
    page = playing()
    cold, warm, hot = (page.evaluate(LARGE_JUMPS, [tau, 60]) for tau in (0.1, 0.5, 1.5))
    assert 2 * cold < hot
    assert cold < warm < hot


def earned_from_ten_beginnings(page, **controls):
    """What 100 decisions at τ = 0.5 earn on average, and 200, as M expects it."""
    earned = []
    for start in range(10):
        page.locator(".demo-strip label").nth(start).click()
        settings = {"Temperature τ": 0.5} | controls
        earned.append([page.evaluate(PLAYED, [settings, steps])[-1] for steps in (100, 200)])
    return np.mean(earned, axis=0)


def test_the_agent_stays_on_the_road_and_earns(playing):
    assert earned_from_ten_beginnings(playing())[1] > 200


def test_control_a_driver_who_does_nothing_earns_next_to_nothing_once_the_car_has_stopped(playing):
    """In the second hundred decisions: a dream begins at full speed, and the car rolls on."""
    page = playing()
    early, late = earned_from_ten_beginnings(page)
    rolled, stopped = earned_from_ten_beginnings(page, **{"Who drives": "you"})
    assert rolled < early and stopped - rolled < 0.2 * (late - early)


def test_what_the_chapter_says_of_luck_and_skill_is_so(playing):
    """Heat takes from a driver who drives well and gives to one who touches nothing."""
    page = playing()
    earned = {
        (who, tau): page.evaluate(EARNED, [{"Who drives": who, "Temperature τ": tau}, 150])
        for who in ("agent", "you")
        for tau in (0.1, 1.5)
    }
    assert earned["agent", 0.1] > earned["agent", 1.5] > earned["you", 1.5] > earned["you", 0.1]


def test_each_stretch_of_a_hundred_decisions_leaves_a_point(playing):
    page = playing()
    page.evaluate(PLAYED, [{}, 205])
    drives = page.evaluate(f"{DEMO}.demo.drives")
    assert [each["agent"] for each in drives] == [True, True]
    assert sum(each["earned"] for each in drives) == pytest.approx(
        page.evaluate(f"{STATE}.earned"), abs=25
    )
    page.evaluate(f"{DEMO}.controls['Temperature τ'].set(0.4)")
    page.evaluate(f"for (let i = 0; i < 100; i++) {DEMO}.step()")
    assert len(page.evaluate(f"{DEMO}.demo.drives")) == 2, "one of two temperatures counts for none"


def test_between_two_decisions_the_picture_glides(playing):
    page = playing()
    decisions, road = (
        f"{STATE}.decisions",
        "document.querySelector('.demo-road canvas').toDataURL()",
    )
    page.evaluate(f"{DEMO}.step()")
    seen = [page.evaluate(road)]
    for _ in range(3):
        page.evaluate(f"{DEMO}.advance(0.01)")
        seen.append(page.evaluate(road))
    assert page.evaluate(decisions) == 2
    assert len(set(seen)) == 4


# --- what a reader does ---------------------------------------------------------------------------


def step(page, times: int = 1) -> None:
    page.evaluate(f"for (let i = 0; i < {times}; i++) {DEMO}.step()")


def action(page) -> list[float]:
    return page.evaluate(f"{STATE}.action")


def test_arrow_keys_steer_while_the_picture_has_the_focus(playing):
    page = playing()
    page.locator(".demo-road canvas").focus()
    page.keyboard.down("ArrowLeft")
    assert page.evaluate(f"{DEMO}.controls['Who drives'].value") == "you"
    step(page, 3)
    assert action(page)[0] < -0.5
    page.keyboard.up("ArrowLeft")
    page.keyboard.down("ArrowUp")
    step(page, 4)
    steer, gas, brake = action(page)
    assert steer == pytest.approx(0)
    page.keyboard.up("ArrowUp")
    page.keyboard.down("ArrowDown")
    step(page)
    assert action(page)[1] < gas
    assert action(page)[2] > brake == 0
    page.keyboard.press("Escape")
    step(page)
    assert action(page)[2] == 0, "who leaves lets go of the keys"
    assert page.evaluate("scrollY") == 0


def test_keys_belong_to_the_page_otherwise(playing):
    page = playing()
    page.locator(".demo-road canvas").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    step(page)
    assert page.evaluate(f"{DEMO}.controls['Who drives'].value") == "agent"
    page.keyboard.press("ArrowDown")
    page.wait_for_function("scrollY > 0")
    before = page.evaluate("scrollY")
    page.keyboard.press("Space")
    page.wait_for_function(f"scrollY > {before}")


def test_the_buttons_steer_by_touch_and_by_keyboard(playing):
    page = playing(has_touch=True, width=390, height=844)
    right = page.get_by_role("button", name="Steer right")
    box = right.bounding_box()
    assert min(box["height"], box["width"]) >= 44
    cdp = page.context.new_cdp_session(page)
    at = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}]
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
    step(page, 3)
    assert action(page)[0] > 0.5
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    step(page, 4)
    assert action(page)[0] == pytest.approx(0)
    page.get_by_role("button", name="Steer left").focus()
    page.keyboard.press("Enter")
    step(page, 3)
    assert action(page)[0] < -0.5
    page.wait_for_timeout(400)
    step(page, 4)
    assert action(page)[0] == pytest.approx(0)


def test_all_can_be_reached_by_keyboard(playing):
    page = playing()
    reached = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => {
          const at = document.activeElement;
          const label = at.getAttribute("aria-label") || at.labels?.[0]?.textContent;
          return label || at.textContent;
        }""")
        )
    wanted = {"Steer left", "Gas", "Brake", "Steer right", "Temperature τ", "The agent", "Step"}
    assert wanted | {"Slow motion", "Play", "Reset", "frame 1 of 28"} <= reached
    assert any(name.startswith("The road as the model dreams it") for name in reached)


def test_with_reduced_motion_it_waits_and_steps(playing):
    page = playing()
    page.wait_for_timeout(200)
    assert page.evaluate(f"{STATE}.decisions") == 0
    page.get_by_role("button", name="Step").click()
    assert page.evaluate(f"{STATE}.decisions") == 1
    page.get_by_label("Slow motion").check()
    page.get_by_role("button", name="Step").click()
    assert page.evaluate(f"{STATE}.decisions") == 2


def test_without_it_runs_and_pauses(playing):
    page = playing(reduced_motion="no-preference")
    page.wait_for_function(f"{STATE}.decisions > 10")
    page.get_by_role("button", name="Pause").click()
    then = page.evaluate(f"{STATE}.decisions")
    page.wait_for_timeout(200)
    assert page.evaluate(f"{STATE}.decisions") == then
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate(f"{STATE}.decisions") == 0


def test_without_webassembly_it_dreams_the_same(playing):
    before = [playing(way).evaluate(PLAYED, [{}, 5]) for way in ("", "delete window.WebAssembly")]
    assert difference(*before) <= 1e-3


def test_it_fits_a_phone(playing):
    page = playing(width=390, height=844, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for canvas in page.query_selector_all(".demo-dream canvas"):
        box = canvas.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    road, pads = (page.locator(at).bounding_box() for at in (".demo-road canvas", ".demo-pads"))
    assert road["width"] > 320
    assert pads["y"] + pads["height"] - road["y"] < 844, "road and buttons on one screen"


def test_it_redraws_when_the_theme_changes(playing):
    page = playing()
    picture = "document.querySelectorAll('.demo-dream canvas')[1].toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"(before) => {picture} !== before", arg=before)
