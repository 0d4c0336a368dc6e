"""The VAE explorer: it draws what torch draws, and does what a reader asks of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.site.test_demo_planner import PAINTED

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = {
    name: json.loads((ROOT / "tests" / "site" / "golden" / f"{name}.json").read_text("utf-8"))
    for name in ("decoder", "vae")
}
SCRIPTS = ("demo.js", "nn.js", "pictures.js", "vae.js")
STYLE = f'<link rel="stylesheet" href="{(ROOT / "book/_demos/demo.css").as_uri()}">'
SECTION = f"""{STYLE}
<section class="demo" data-demo="vae"><div class="demo-stage"><div>
<button class="demo-start" type="button" hidden>Start</button></div></div></section>
<p style="height: 3000px">A long page.</p>"""
AGREEMENT = 1e-4

DEMO = "document.querySelector('.demo').demo_instance"
STARTED = f"() => ['running', 'paused'].includes({DEMO}.state)"
DRAWN = "document.querySelectorAll('.demo-picture canvas')[1].toDataURL()"
DECODE = """([simd, zs]) => {
  const engine = new NN.Engine({simd});
  const decoder = new NN.Decoder(engine, Pictures.tensors(Demos.given.decoder));
  return {simd: engine.simd, pictures: zs.map((z) => Array.from(decoder.decode(z)))};
}"""
ERRORS = """(simd) => {
  const {mean, frames} = Pictures.tensors(Demos.given.vae);
  const engine = new NN.Engine({simd});
  const decoder = new NN.Decoder(engine, Pictures.tensors(Demos.given.decoder));
  const real = Pictures.rows(frames);
  return Pictures.rows(mean).map((z, i) => {
    const picture = decoder.decode(z);
    const squares = picture.map((x, at) => (255 * x - real[i][at]) ** 2);
    return Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
  });
}"""
# one product of every shape that the kernel treats differently: by it, and by three loops
PRODUCTS = """(simd) => [[1, 3, 8], [3, 5, 16], [4, 7, 3], [9, 16, 108], [5, 1, 1]].map(
  ([rows, inner, columns]) => {
    const {normal} = NN.luck(rows);
    const engine = new NN.Engine({simd});
    const values = Float32Array.from({length: inner * columns}, normal);
    const matrix = engine.matrix(values, inner, columns);
    const [a, c] = [engine.block(rows * inner), engine.block(rows * matrix.width)];
    a.data.forEach((_, i) => { a.data[i] = normal(); });
    c.data.fill(1);
    engine.addProduct(a, matrix, c, rows);
    let worst = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 1;
        for (let k = 0; k < inner; k++) {
          sum += a.data[row * inner + k] * values[k * columns + column];
        }
        worst = Math.max(worst, Math.abs(sum - c.data[row * matrix.width + column]));
      }
    }
    return worst;
  })"""


@pytest.fixture
def computing(demo_page):
    """A page that can compute, exported weights in `Demos.given`, by file."""
    page = demo_page("demo.js", "nn.js", "pictures.js")
    page.evaluate("Demos.given = {}; Demos.weights = (name, data) => { Demos.given[name] = data; }")
    for name in ("decoder", "vae"):
        page.add_script_tag(path=ROOT / "book" / "_demos" / "weights" / f"{name}.js")
    return page


@pytest.fixture
def playing(demo_page):
    """The demo on a page, started."""

    def start(before: str = "", **options):
        page = demo_page(*SCRIPTS, body=SECTION, **options)
        if before:
            page.evaluate(before)
        page.click(".demo-start")
        page.wait_for_function(STARTED)
        return page

    return start


def pictures_error(page, simd: bool) -> float:
    """The largest difference of a colour, from 0 to 1, between the page's pictures and torch's."""
    found = page.evaluate(DECODE, [simd, GOLDEN["decoder"]["z"]])
    assert found["simd"] is simd
    return difference(found["pictures"], GOLDEN["decoder"]["pictures"])


def difference(found, expected) -> float:
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max())


# --- what it computes -----------------------------------------------------------------------------


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
def test_a_picture_is_what_torch_decodes(computing, simd):
    assert pictures_error(computing, simd) <= AGREEMENT


@pytest.mark.parametrize("change", ["z[0] += 0.01", "z.reverse()"])
def test_control_another_z_disagrees(computing, change):
    zs = computing.evaluate(
        f"(zs) => zs.map((z) => {{ {change}; return z; }})", GOLDEN["decoder"]["z"]
    )
    found = computing.evaluate(DECODE, [True, zs])["pictures"]
    assert difference(found, GOLDEN["decoder"]["pictures"]) > AGREEMENT


def test_control_a_weight_that_is_off_disagrees(computing):
    computing.evaluate("""() => {
      const tensors = Pictures.tensors(Demos.given.decoder);
      tensors.deconvolution_2_weight.data[100] += 0.05;
      Pictures.tensors = () => tensors;
    }""")
    assert pictures_error(computing, True) > AGREEMENT


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
def test_frames_are_drawn_again_as_well_as_torch_draws_them(computing, simd):
    """Of all 40: frames and their z belong together."""
    assert difference(computing.evaluate(ERRORS, simd), GOLDEN["vae"]["error"]) <= 1e-3


@pytest.mark.parametrize("simd", [True, False], ids=["simd", "plain"])
def test_products_of_all_shapes(computing, simd):
    assert max(computing.evaluate(PRODUCTS, simd)) < 1e-5


def test_both_kernels_draw_the_same(computing):
    z = GOLDEN["decoder"]["z"]
    with_simd, plain = (computing.evaluate(DECODE, [simd, z])["pictures"] for simd in (True, False))
    assert difference(with_simd, plain) <= 1e-5
    assert with_simd != plain, "one of them ran twice"


# --- what a reader does ---------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_blank(playing, theme):
    page = playing(theme=theme)
    canvases = page.query_selector_all(".demo-scene canvas.demo-canvas")
    assert len(canvases) == 4
    assert all(canvas.evaluate(PAINTED) > 0.2 for canvas in canvases)
    assert not page.record.console


def test_control_a_blank_canvas_is_noticed(playing):
    page = playing()
    page.evaluate(f"{DEMO}.demo.draw = () => {{}}; {DEMO}.refit()")
    canvas = page.query_selector(".demo-picture canvas")
    canvas.evaluate("(canvas) => { canvas.width = canvas.width; }")
    assert canvas.evaluate(PAINTED) == 0


def latents(page) -> list[str]:
    return page.evaluate(
        f"Object.keys({DEMO}.controls).filter((label) => label.startsWith('Latent'))"
    )


def moved(page, label: str, value: float = 2.0) -> bool:
    """Whether the picture changes when a latent does; puts it back."""
    before = page.evaluate(DRAWN)
    put = f"([label, v]) => {{ {DEMO}.controls[label].set(v); {DEMO}.demo.draw(); }}"
    was = page.evaluate(f"(label) => {DEMO}.controls[label].value", label)
    page.evaluate(put, [label, value if abs(was - value) > 0.5 else -value])
    after = page.evaluate(DRAWN)
    page.evaluate(f"{DEMO}.reset()")
    assert page.evaluate(DRAWN) == before, "Reset takes it back"
    return after != before


def test_every_latent_has_a_slider_that_changes_the_picture(playing):
    page = playing()
    labels = latents(page)
    assert len(labels) == 32
    assert all(moved(page, label) for label in labels)


def test_control_a_dead_slider_is_noticed(playing):
    page = playing()
    label = latents(page)[0]
    page.evaluate(
        f"""(label) => {{
      const slider = {DEMO}.controls[label];
      slider.set = (value) => {{ slider.input.value = value; }};
    }}""",
        label,
    )
    assert not moved(page, label)


def test_the_first_latents_change_most_and_the_rest_wait(playing):
    page = playing()
    effect = page.evaluate("""async () => {
      const {meta, tensors} = await Demos.load("vae");
      const {data} = Demos.tensor(tensors.effect);
      return meta.order.map((latent) => data[latent]);
    }""")
    assert effect == sorted(effect, reverse=True)
    shown = page.locator(".demo-controls input[type=range]:visible")
    few = shown.count()
    assert 6 <= few < 16
    assert effect[few - 1] > effect[0] / 10 >= effect[few]
    page.get_by_label("Show the other").check()
    assert shown.count() == 32


def test_another_frame_by_mouse_keyboard_and_touch(playing):
    page = playing(has_touch=True)
    seen = [page.evaluate(DRAWN)]
    strip = page.locator(".demo-strip label")
    assert strip.count() == 40
    strip.nth(2).click()
    seen.append(page.evaluate(DRAWN))
    page.keyboard.press("ArrowRight")
    seen.append(page.evaluate(DRAWN))
    strip.nth(5).tap()
    seen.append(page.evaluate(DRAWN))
    assert len(set(seen)) == 4
    assert page.evaluate("scrollY") == 0, "the strip scrolls, the page does not"


def test_a_slider_by_keyboard_and_the_film_below(playing):
    page = playing()
    film = "document.querySelector('.demo-scene > canvas').toDataURL()"
    before, picture = page.evaluate(film), page.evaluate(DRAWN)
    slider = page.locator(".demo-controls input[type=range]").nth(1)
    slider.focus()
    assert page.evaluate(film) != before, "the film shows the latent that has the focus"
    slider.press("PageUp")
    page.wait_for_function(f"(before) => {DRAWN} !== before", arg=picture)


def test_a_touch_on_the_film_sets_the_latent(playing):
    page = playing(has_touch=True)
    box = page.locator(".demo-scene > canvas").bounding_box()
    first = page.locator(".demo-controls input[type=range]").first
    for share, value in ((0.05, "-3"), (0.5, "0"), (0.95, "3")):
        page.touchscreen.tap(box["x"] + share * box["width"], box["y"] + 40)
        assert first.input_value() == value


def test_a_z_that_no_frame_gave_is_new_each_time(playing):
    page = playing()
    button = page.get_by_role("button", name="A z that no frame gave")
    seen = [page.evaluate(DRAWN)]
    for _ in range(2):
        button.click()
        seen.append(page.evaluate(DRAWN))
    assert len(set(seen)) == 3


def test_keys_stay_with_the_page(playing):
    page = playing()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageDown")
    page.wait_for_function("scrollY > 0")


def test_without_webassembly_it_draws_the_same(playing):
    pictures = []
    for before in ("", "delete window.WebAssembly"):
        page = playing(before)
        canvas = page.query_selector_all(".demo-picture canvas")[1]
        pictures.append(
            canvas.evaluate("""(canvas) => Array.from(
          canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)""")
        )
        assert not page.record.console
    assert difference(*pictures) <= 1


def test_it_fits_a_phone_and_the_picture_stays_in_sight(playing):
    page = playing(width=390, height=844, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".demo-controls input[type=range]:visible").last.scroll_into_view_if_needed()
    box = page.locator(".demo-picture canvas").nth(1).bounding_box()
    assert 0 <= box["y"] <= 200
    for control in page.query_selector_all(".demo :is(button, .demo-strip label)"):
        assert control.bounding_box()["height"] >= 44
