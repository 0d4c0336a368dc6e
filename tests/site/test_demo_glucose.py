"""The glucose demo: it computes what the library computes, and does what a reader asks of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.site.test_demo_planner import PAINTED

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads((ROOT / "tests" / "site" / "golden" / "glucose.json").read_text("utf-8"))
SCRIPTS = ("demo.js", "nn.js", "glucose_core.js", "glucose.js")
STYLE = f'<link rel="stylesheet" href="{(ROOT / "book/_demos/demo.css").as_uri()}">'
SECTION = f"""{STYLE}
<section class="demo" data-demo="glucose"><div class="demo-stage"><div>
<button class="demo-start" type="button" hidden>Start</button></div></div></section>
<p style="height: 3000px">A long page.</p>"""
AGREEMENT = 1e-9  # mg/dL: both sides are doubles

DEMO = "document.querySelector('.demo').demo_instance"
STARTED = f"() => ['running', 'paused'].includes({DEMO}.state)"
CURVE = f"Array.from({DEMO}.demo.day.glucose)"
LIVE = """([given, kind, seed, change]) => {
  const {meta} = Demos.given;
  const p = {...meta.subjects[given.subject], ...change};
  const meals = given.meals.map(([minute, grams]) => ({minute, grams}));
  const controller = {
    given: () => new Glucose.Given(given.rate, given.boluses),
    rule: () => new Glucose.BasalBolus(p),
    mpc: () => new Glucose.MPC(p, new Glucose.Forecast(
      meta.models[given.subject], meta.insulin_times, meta.food_times), 20, NN.luck(seed)),
  }[kind]();
  const errors = given.errors || new Float64Array(Glucose.STEPS + 1);
  const day = Glucose.live(p, meals, given.counting || 0, errors, controller);
  return {
    glucose: [...day.glucose], insulin: [...day.insulin], sensor: [...day.sensor],
    states: [...day.patient.x], plans: (controller.plans || []).length,
    worth: Glucose.worth(day.glucose.subarray(1)),
  };
}"""
FORESEEN = """(given) => {
  const {meta} = Demos.given;
  const forecast = new Glucose.Forecast(
    meta.models[given.subject], meta.insulin_times, meta.food_times);
  for (const row of given.rows) forecast.takeIn(...row);
  const horizon = given.knobs.length;
  const excess = given.knobs.map((knob) => Glucose.rateAt(knob) - 1);
  const seen = new Float64Array(horizon + 1);
  Glucose.foresee(forecast.onBasal(horizon), forecast.response(horizon), excess, seen);
  return [...seen];
}"""


@pytest.fixture
def computing(demo_page):
    """A page that can compute, the exported subjects and models in `Demos.given`."""
    page = demo_page("demo.js", "nn.js", "glucose_core.js")
    page.evaluate("Demos.weights = (name, data) => { Demos.given = data; }")
    page.add_script_tag(path=ROOT / "book" / "_demos" / "weights" / "glucose.js")
    return page


@pytest.fixture
def playing(demo_page):
    """The demo on a page, started; without motion, unless asked for, it shows the whole day."""

    def start(**options):
        page = demo_page(*SCRIPTS, body=SECTION, **{"reduced_motion": "reduce"} | options)
        page.click(".demo-start")
        page.wait_for_function(STARTED)
        return page

    return start


def difference(found, expected) -> float:
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max())


def put(page, **values) -> None:
    """Controls by label; `_` stands for a space."""
    for label, value in values.items():
        page.evaluate(
            f"([label, value]) => {DEMO}.controls[label].set(value)",
            [label.replace("_", " "), value],
        )


# --- what it computes -----------------------------------------------------------------------------


@pytest.mark.parametrize("given", GOLDEN["free"], ids=lambda given: given["subject"])
def test_a_day_of_given_doses_is_the_librarys(computing, given):
    found = computing.evaluate(LIVE, [given, "given", 1, {}])
    assert difference(found["glucose"], given["glucose"]) <= AGREEMENT
    assert difference(found["states"], given["states"]) <= 1e-6, "the 13 states at midnight"


@pytest.mark.parametrize("given", GOLDEN["rule"], ids=lambda given: given["subject"])
def test_a_day_of_carbohydrate_counting_is_the_librarys(computing, given):
    """Sensor, correction and counting errors included."""
    found = computing.evaluate(LIVE, [given, "rule", 1, {}])
    for what in ("glucose", "sensor", "insulin"):
        assert difference(found[what], given[what]) <= AGREEMENT


@pytest.mark.parametrize("field", ["k_abs", "V_mx", "p_2U", "k_i", "k_sc", "m_4", "b", "V_G"])
def test_control_a_parameter_one_per_cent_off_disagrees(computing, field):
    given = GOLDEN["rule"][1]
    p = computing.evaluate(f"Demos.given.meta.subjects['{given['subject']}'].{field}")
    found = computing.evaluate(LIVE, [given, "rule", 1, {field: 1.01 * p}])
    off = [difference(found[what], given[what]) for what in ("glucose", "sensor")]
    assert max(off) > 0.05


@pytest.mark.parametrize("given", GOLDEN["forecasts"], ids=lambda given: given["subject"])
def test_forecasts_are_the_librarys(computing, given):
    """The library's are float32."""
    assert difference(computing.evaluate(FORESEEN, given), given["glucose"]) <= 1e-4


def test_control_a_meal_that_was_not_announced_is_not_foreseen(computing):
    given = GOLDEN["forecasts"][0]
    rows = [*given["rows"][:-1], [*given["rows"][-1][:2], 0.0]]
    found = computing.evaluate(FORESEEN, given | {"rows": rows})
    assert difference(found, given["glucose"]) > 20


def test_wishes_and_what_a_day_is_worth_are_the_librarys(computing):
    wished, worth = GOLDEN["wishes"], GOLDEN["worth"]
    found = computing.evaluate("(glucose) => glucose.map(Glucose.wish)", wished["glucose"])
    assert difference(found, wished["worth"]) <= 0.01, "read off a table, eight to a mg/dL"
    found = computing.evaluate("(glucose) => Glucose.worth(glucose)", worth["glucose"])
    assert found == pytest.approx({key: worth[key] for key in found}, abs=1e-9)


@pytest.mark.parametrize("given", GOLDEN["planned"], ids=lambda given: given["subject"])
def test_a_planned_day_is_worth_what_the_librarys_is(computing, given):
    """Other candidates are drawn, so no number can agree; the days' worth must."""
    theirs = computing.evaluate("(x) => Glucose.worth(x)", given["glucose"][1:])
    by_rule = computing.evaluate(LIVE, [given, "rule", 1, {}])["worth"]
    days = [computing.evaluate(LIVE, [given, "mpc", seed, {}]) for seed in range(4)]
    assert all(day["plans"] >= 96 for day in days)
    risk = np.mean([day["worth"]["magni"] for day in days])
    assert risk <= 1.4 * theirs["magni"]
    assert risk < by_rule["magni"]
    assert all(day["worth"]["below 70"] <= theirs["below 70"] + 0.02 for day in days)


# --- what a reader does ---------------------------------------------------------------------------

CONTROLS = {
    "you": {
        "Breakfast bolus": 1, "Lunch bolus": 1, "Dinner bolus": 1, "Timing": 60, "Basal rate": 0.5,
        "Breakfast": 90, "Lunch": 90, "Dinner": 40, "Breakfast at": 480, "Lunch at": 780,
        "Dinner at": 1200, "Number": 5, "Patient": "child", "Who doses?": "nobody",
    },
    "rule": {"Meals counted": 50, "Breakfast": 90, "Who doses?": "mpc"},
    "mpc": {"Meals counted": -50, "MPC looks ahead": 8, "Lunch at": 780, "Number": 2},
}  # fmt: skip


@pytest.mark.parametrize("who", CONTROLS)
def test_every_control_changes_the_curve_and_reset_takes_it_back(playing, who):
    page = playing()
    initial = page.evaluate(CURVE)
    for label, value in CONTROLS[who].items():
        put(page, **{"Who doses?": who})
        before = page.evaluate(CURVE)
        put(page, **{label: value})
        assert difference(page.evaluate(CURVE), before) > 5, label
        page.get_by_role("button", name="Reset").click()
        assert page.evaluate(CURVE) == initial, label
    assert not page.record.console


def test_control_a_dead_slider_is_noticed(playing):
    page = playing()
    before = page.evaluate(CURVE)
    page.evaluate(f"""() => {{
      const slider = {DEMO}.controls["Timing"];
      slider.set = (value) => {{ slider.input.value = value; }};
    }}""")
    put(page, Timing=60)
    assert page.evaluate(CURVE) == before


def test_what_the_chapter_says_of_trying_it_is_so(playing):
    page = playing()
    worth = f"{DEMO}.demo.day.worth"
    adult = page.evaluate(worth)
    assert adult["in range"] > 0.9
    assert adult["below 70"] == 0
    risks = {}
    for late in (-30, 0, 60, 120, 180):
        put(page, Timing=late)
        risks[late] = page.evaluate(worth)
    assert [risk["magni"] for risk in risks.values()] == sorted(
        risk["magni"] for risk in risks.values()
    )
    assert risks[60]["above 180"] > 2 * risks[0]["above 180"]
    page.get_by_role("button", name="Reset").click()
    put(page, Patient="child")
    assert page.evaluate(worth)["below 70"] > 0.5
    expect(page.get_by_text("The day:").locator("..")).to_contain_text("would kill")
    put(page, Number=8, **{"Who doses?": "mpc"})
    assert page.evaluate(worth)["below 70"] > 0.1
    put(page, Number=1, Patient="adult")
    assert page.evaluate(worth)["below 70"] == 0


# a slider dragged, a picture drawn after each change: how often the day was computed meanwhile
DRAGGED = f"""async (slow) => {{
  const {{controls, demo}} = {DEMO};
  const live = Glucose.live;
  let days = 0;
  Glucose.live = (...given) => {{
    days++;
    const until = performance.now() + (slow ? 80 : 0);
    while (performance.now() < until);
    return live(...given);
  }};
  controls["Lunch"].set(40);
  demo.draw();
  await new Promise((done) => setTimeout(done, 400));
  const before = days;
  for (let grams = 45; grams <= 90; grams += 5) {{
    controls["Lunch"].set(grams);
    demo.draw();
  }}
  const during = days - before;
  await new Promise((done) => setTimeout(done, 400));
  return [during, days - before];
}}"""


def test_a_slow_day_waits_until_the_slider_rests(playing):
    page = playing()
    during, after = page.evaluate(DRAGGED, True)
    assert during <= 1, "the slider moved, and each of its places was computed"
    assert after == during + 1, "it came to rest, and its day was not computed"
    shown = page.get_by_text("In range:").locator("..").text_content()
    share = page.evaluate(f"{DEMO}.demo.day.worth['in range']")
    assert f"{100 * share:.0f}" in shown


def test_a_quick_day_follows_the_slider(playing):
    page = playing()
    tries = (page.evaluate(DRAGGED, False) for _ in range(5))  # a busy machine may be slow once
    assert [10, 10] in tries


def test_a_short_horizon_believes_that_insulin_raises_glucose(playing):
    page = playing()
    put(page, **{"Who doses?": "mpc"}, MPC_looks_ahead=6)
    assert page.evaluate(f"{DEMO}.demo.day.worth")["below 70"] > 0.5
    plans = page.evaluate(f"""{DEMO}.demo.day.plans.filter(({{step}}) => step <= 42)
      .map(({{glucose}}) => Array.from(glucose.slice(2)))""")
    assert 130 < np.min(plans) < np.max(plans) < 150, "until half past three all seems well"
    raised = page.evaluate("""async () => {
      const {meta} = await Demos.load("glucose");
      const forecast = new Glucose.Forecast(
        meta.models["adult#001"], meta.insulin_times, meta.food_times);
      return Array.from(forecast.response(20));
    }""")
    assert min(raised[:4]) > 0
    assert sum(raised) < 0


def test_its_ratio_sets_the_three_boluses(playing):
    page = playing()
    put(page, Patient="child", Breakfast=50)
    page.get_by_role("button", name="Dose 1 U for each 25 g").click()
    values = page.evaluate(f"""() => ["Breakfast", "Lunch", "Dinner"].map(
      (meal) => {DEMO}.controls[meal + " bolus"].value)""")
    assert values == pytest.approx([2, 2.8, 3.2])


def test_the_day_before_a_change_stays_as_a_ghost(playing):
    page = playing()
    ghost = f"(() => {{ const day = {DEMO}.demo.before; return day && [...day.glucose]; }})()"
    assert page.evaluate(ghost) is None
    first = page.evaluate(CURVE)
    put(page, Lunch=100)
    assert page.evaluate(ghost) == first
    put(page, Lunch=110)
    assert page.evaluate(ghost) == first, "a slider being dragged is one change"
    second = page.evaluate(CURVE)
    put(page, Dinner=60)
    assert page.evaluate(ghost) == second
    numbers = page.get_by_text("Above 180:").locator("..")
    page.wait_for_function("(line) => line.textContent.includes('→')", arg=numbers.element_handle())


def test_only_the_controls_of_who_doses_are_shown(playing):
    page = playing()
    belongs = {
        "Lunch bolus": {"you"}, "Timing": {"you"}, "Meals counted": {"rule", "mpc"},
        "MPC looks ahead": {"mpc"}, "Lunch at": {"nobody", "you", "rule", "mpc"},
    }  # fmt: skip
    for who in ("nobody", "you", "rule", "mpc"):
        put(page, **{"Who doses?": who})
        for label, whose in belongs.items():
            assert page.get_by_label(label, exact=True).is_visible() == (who in whose)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("who", ["you", "mpc"])
def test_the_canvas_is_not_blank(playing, theme, who):
    page = playing(theme=theme)
    put(page, **{"Who doses?": who, "Time of day": 800})
    page.wait_for_timeout(50)
    canvas = page.locator(".demo canvas")
    assert canvas.count() == 1
    assert canvas.evaluate(PAINTED) > 0.05


def test_control_a_blank_canvas_is_noticed(playing):
    page = playing()
    page.evaluate(f"{DEMO}.demo.draw = () => {{}}; {DEMO}.refit()")
    canvas = page.locator(".demo canvas")
    canvas.evaluate("(canvas) => { canvas.width = canvas.width; }")
    assert canvas.evaluate(PAINTED) == 0


def test_the_forecast_at_a_moment_is_drawn(playing):
    page = playing()
    put(page, **{"Who doses?": "mpc"})
    picture = "document.querySelector('.demo canvas').toDataURL()"
    moments = set()
    for minute in (300, 725, 1090):
        put(page, Time_of_day=minute)
        page.evaluate(f"{DEMO}.demo.draw()")
        moments.add(page.evaluate(picture))
    assert len(moments) == 3
    page.evaluate(f"{DEMO}.demo.day.plans.length = 0; {DEMO}.demo.draw()")
    assert page.evaluate(picture) not in moments, "without plans there is no forecast"


def test_the_canvas_takes_keys_pointer_and_touch(playing):
    page = playing(has_touch=True)
    minute = f"{DEMO}.demo.minute"
    canvas = page.locator(".demo canvas")
    assert page.evaluate(minute) == 1440
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(minute) == 1425
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(minute) == 15
    assert page.get_by_label("Time of day").input_value() == "15"
    box = canvas.bounding_box()
    middle = (box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"])
    page.touchscreen.tap(*middle)
    assert 600 < page.evaluate(minute) < 780
    page.mouse.move(middle[0] + 0.25 * box["width"], middle[1])
    assert 960 < page.evaluate(minute) < 1140
    page.keyboard.press("End")
    assert page.evaluate(minute) == 1440


def test_keys_belong_to_the_page_unless_the_canvas_has_the_focus(playing):
    page = playing()
    page.locator(".demo canvas").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    assert page.evaluate(f"{DEMO}.demo.minute") == 1440
    page.keyboard.press("PageDown")
    page.wait_for_function("scrollY > 0")


def test_sliders_move_by_keyboard_and_say_what_they_are(playing):
    page = playing()
    before = page.evaluate(CURVE)
    slider = page.get_by_label("Timing")
    slider.focus()
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "5 min late"
    assert page.evaluate(CURVE) != before
    live = page.locator(".demo-live")
    live.filter(has_text="in range; lowest").wait_for(state="attached", timeout=3000)


def test_all_can_be_reached_by_keyboard(playing):
    page = playing()
    reached = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => {
          const at = document.activeElement;
          return at.labels?.[0]?.textContent || at.textContent || at.tagName;
        }""")
        )
    wanted = {"Play", "Step", "Reset", "CANVAS", "Time of day", "you", "adult", "Number"}
    hidden = {"Meals counted", "Patient", "Who doses?"}
    assert wanted | (CONTROLS["you"].keys() - hidden) <= reached
    assert not hidden & reached


def test_with_reduced_motion_it_shows_the_whole_day_and_steps(playing):
    page = playing()
    page.wait_for_timeout(200)
    assert page.evaluate(f"{DEMO}.state") == "paused"
    assert page.evaluate(f"{DEMO}.demo.minute") == 1440
    step = page.get_by_role("button", name="Step")
    for minute in (15, 30):
        step.click()
        assert page.evaluate(f"{DEMO}.demo.minute") == pytest.approx(minute)


def test_without_it_plays_the_day_once_and_again_when_asked(playing):
    page = playing(reduced_motion="no-preference")
    page.wait_for_function(f"{DEMO}.demo.minute > 60 && {DEMO}.demo.minute < 1440")
    assert page.evaluate(f"{DEMO}.state") == "running"
    put(page, Time_of_day=1400)
    page.wait_for_function(f"{DEMO}.state === 'paused'")
    assert page.evaluate(f"{DEMO}.demo.minute") == 1440
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{DEMO}.demo.minute < 720")
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(f"{DEMO}.state") == "paused"


def test_it_redraws_when_the_theme_changes(playing):
    page = playing()
    picture = "document.querySelector('.demo canvas').toDataURL()"
    before = page.evaluate(picture)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"(before) => {picture} !== before", arg=before)


def test_on_a_phone_it_fits_and_the_day_stays_in_view(playing):
    page = playing(width=390, height=800, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    canvas = page.locator(".demo canvas")
    page.get_by_label("Dinner at").scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box["y"] >= 0, "it does not scroll away"
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    heights = {
        box["height"]
        for slider in page.query_selector_all(".demo input[type=range]")
        if (box := slider.bounding_box())
    }
    assert min(heights) >= 44


def test_no_slider_moves_away_while_the_numbers_change(playing):
    page = playing(width=390, height=800)
    slider = page.get_by_label("Lunch bolus")
    places = set()
    for dose in (0, 5, 10, 25):
        put(page, Lunch_bolus=dose)
        page.evaluate(f"{DEMO}.demo.draw()")
        places.add(slider.evaluate("(input) => input.getBoundingClientRect().top + scrollY"))
    assert len(places) == 1
