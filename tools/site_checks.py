"""What must hold of every page of the built site, looked at in a browser.

Each check is a function that takes an open page and lists what is wrong, a sentence each.
`examine` does all of them. What can be read off the files, such as broken links and pictures
without a description, is checked in `tests/book/test_site.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError

from tools.browser import SITE, new_page, visit

FRONT = "book/intro.html"
PHONE = 390  # CSS pixels
GRAVE = ("serious", "critical")
KINDS = (
    "console", "failed requests", "other hosts", "accessibility", "keyboard", "phone", "demo code",
)  # fmt: skip


def page_names(site: Path = SITE) -> list[str]:
    """Every page of the site, relative to it; the front page alone where none is built.

    `index.html`, which only sends on to the front page, is no page.
    """
    found = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    pages = [str(path) for path in found if path.parts[0] not in ("_static", "demos")]
    return [name for name in pages if name != "index.html"] or [FRONT]


def examine(browser: Browser, site_url: str, name: str, site: Path = SITE) -> dict[str, list[str]]:
    """Everything that is wrong with a page of the site, by kind; all kinds of `KINDS` are there.

    Parameters
    ----------
    site_url : where the site is served, with a slash at the end
    name : of the page, relative to the site
    """
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}

    def noted(page: Page) -> None:
        how = page.url.split(":")[0]
        found["console"] += [f"{how}: {entry}" for entry in page.record.console]
        found["failed requests"] += [f"{how}: {entry}" for entry in page.record.failed]
        found["other hosts"] += [f"{how}: {entry}" for entry in page.record.foreign]

    with _page(browser) as page:
        visit(page, site_url + name)
        found["demo code"] = needless_demo_code(page)
        open_everything(page)
        found["accessibility"] = [f"light: {entry}" for entry in violations(page)]
        found["keyboard"] = keyboard_faults(page)
        dark(page)
        found["accessibility"] += [f"dark: {entry}" for entry in violations(page, color_only=True)]
        page.set_viewport_size({"width": PHONE, "height": 844})
        found["phone"] = sticks_out(page)
        noted(page)
        page.record.clear()
        visit(page, (site / name).as_uri())
        noted(page)
    return found


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    page = new_page(browser, reduced_motion="reduce")
    try:
        yield page
    finally:
        page.context.close()


def open_everything(page: Page) -> None:
    """Unfold what is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(
        "document.querySelectorAll('button.toggle-button-hidden').forEach(b => b.click())"
    )


def dark(page: Page, patience: float = 60.0) -> None:
    """The reader's system turns dark.

    Raises `RuntimeError` when the page does not follow within `patience` seconds.
    """
    page.emulate_media(color_scheme="dark")
    try:
        page.wait_for_function(
            "document.documentElement.dataset.theme === 'dark'", timeout=1000 * patience
        )
    except TimeoutError:
        raise RuntimeError(f"{page.url} stays light when the system turns dark") from None


def violations(page: Page, color_only: bool = False) -> list[str]:
    """The serious and critical violations that axe-core finds, with the first places of each.

    Of texts that look alike (in colour, size, weight and ground) only two are measured for
    contrast: measuring each of the thousands of words in a chapter's code takes half a minute.
    With `color_only` the rules that depend on no colour are left out. Transitions end at once: a
    text that is half-way between two colours is not what anyone reads.
    """
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_script())
    kind = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    found = (
        [] if color_only else page.evaluate(_AXE, [None, {"color-contrast": {"enabled": False}}])
    )
    found += page.evaluate(_AXE, [kind, {}])
    return [
        f"{each['id']} ({each['impact']}, {each['places']} times), as in {'; '.join(each['first'])}"
        for each in found
        if each["impact"] in GRAVE
    ]


@cache
def _axe_script() -> str:
    return Axe().axe_script


def needless_demo_code(page: Page) -> list[str]:
    """What a page loads from `demos/` though it has no demo, or before its demo is started."""
    loaded = [url for url in page.record.requests if "/demos/" in url]
    if page.locator("section.demo").count():
        loaded = [url for url in loaded if "/weights/" in url]
    return [f"loads {url}" for url in loaded]


def sticks_out(page: Page) -> list[str]:
    """What makes the page scroll sideways, or is cut off at the right edge."""
    page.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    return page.evaluate(_STICKS_OUT)


def keyboard_faults(page: Page) -> list[str]:
    """Controls that Tab does not reach, that show no focus, or that have no name."""
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": 300})  # little to paint at each step
    drawings = "figure svg:not(:has(a, [tabindex]))"  # no control is among them
    unpainted = page.add_style_tag(content=f"{drawings} {{ visibility: hidden }}")
    page.evaluate(_LISTEN)
    steps = page.evaluate("window.keyboardCheck.controls.length") + 20
    for _ in range(steps):
        page.keyboard.press("Tab")
    unpainted.evaluate("style => style.remove()")
    page.set_viewport_size(size)
    return page.evaluate("window.keyboardCheck.faults()")


# `kind` are the rules to run: all, or those about colour on a few texts of each look
_AXE = """async ([kind, rules]) => {
  const grounds = new Map(); // element: what is painted behind it, and how far it is faded
  const ground = (element) => {
    if (!element) return '';
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const bare = backgroundColor === 'rgba(0, 0, 0, 0)' && backgroundImage === 'none';
      const faded = opacity === '1' ? '' : ' at ' + opacity;
      const own = bare ? ground(element.parentElement) : backgroundColor + backgroundImage;
      grounds.set(element, own + faded);
    }
    return grounds.get(element);
  };
  const look = (element) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const link = !!element.closest('a');
    return [color, fontSize, fontWeight, textShadow, link, ground(element)].join('|');
  };
  const drawn = 'mjx-container, svg'; // shapes, not letters
  const hasText = (element) => element.checkVisibility() && !element.closest(drawn) &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  let context = document;
  if (kind) {
    const seen = new Map();
    for (const element of [...document.body.querySelectorAll('*')].filter(hasText)) {
      const key = look(element);
      seen.set(key, [...(seen.get(key) || []), element].slice(0, 2));
    }
    context = { include: [...seen.values()].flat() };
    if (!context.include.length) return [];
  }
  // axe walks through every curve of a drawing and every token of a program; what it has no use for
  // is taken out meanwhile
  const taken = [];
  const take = (element, rest) => {
    taken.push([element, [...element.childNodes]]);
    element.replaceChildren(...rest);
  };
  for (const drawing of document.querySelectorAll('svg')) {
    take(drawing, [...drawing.children].filter((e) => e.matches('title, desc, metadata')));
  }
  const asked = new Set();
  for (let e of kind ? context.include : []) for (; e; e = e.parentElement) asked.add(e);
  for (const code of document.querySelectorAll('pre')) {
    if (!asked.has(code)) take(code, [code.textContent]);
  }
  for (const block of kind ? document.querySelectorAll('dd, dt, li, p, tr') : []) {
    if (!asked.has(block)) take(block, []);
  }
  // preload would fetch style sheets anew, and resolve their imports against the page
  const options = { resultTypes: ['violations'], preload: false, rules };
  const { violations } = await axe.run(context, kind ? { ...options, runOnly: kind } : options);
  taken.reverse().forEach(([element, nodes]) => element.replaceChildren(...nodes));
  return violations.map(({ id, impact, nodes }) => ({
    id, impact, places: nodes.length, first: nodes.slice(0, 2).map((n) => n.html.slice(0, 160)),
  }));
}"""

_STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const describe = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}">`;
  const found = [];
  if (document.scrollingElement.scrollWidth > width) {
    found.push(`the page is ${document.scrollingElement.scrollWidth} wide, the window ${width}`);
  }
  const scrolls = (e) => {
    for (let up = e.parentElement; up && up !== document.body; up = up.parentElement) {
      const overflow = getComputedStyle(up).overflowX;
      if (overflow === 'auto' || overflow === 'scroll') return true;
      if (getComputedStyle(up).clipPath !== 'none') return true;
    }
    return false;
  };
  for (const element of document.querySelectorAll('.bd-article *')) {
    if (!element.checkVisibility() || element.closest('svg, mjx-assistive-mml')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > width + 1 && !scrolls(element)) {
      found.push(`${describe(element)} ends at ${Math.round(box.right)}, the window at ${width}`);
    }
  }
  return found.slice(0, 5);
}"""

_LISTEN = """() => {
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
    'video[controls], audio[controls], [role=button], [role=slider], [role=tab], [tabindex]';
  const LOOK = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor',
    'backgroundColor', 'color', 'textDecorationLine', 'textDecorationThickness', 'opacity'];
  // what stands for a control on the screen: the card that a link is stretched over, the label of a
  // button that is itself invisible, the part of a control that is itself empty
  const shape = (e) => {
    if (e.matches('.sd-stretched-link')) return e.offsetParent || e;
    if (e.labels?.length && !e.checkVisibility({opacityProperty: true})) return e.labels[0];
    return e.offsetHeight === 0 && e.firstElementChild ? e.firstElementChild : e;
  };
  // the focus may show on what is in it or beside it, or on what a style sheet draws after it
  const look = (element) => {
    const around = [shape(element), element.parentElement, element.nextElementSibling,
      ...element.children].filter(Boolean);
    const styles = around.map((e) => getComputedStyle(e));
    styles.push(getComputedStyle(element, '::after'));
    return styles.map((style) => LOOK.map((name) => style[name]).join()).join('|');
  };
  const reachable = (e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled &&
    e.tabIndex >= 0 && !e.closest('[inert], [aria-hidden=true]') && !unchosen(e);
  // of a group of radio buttons, Tab reaches the chosen one, or one when none is chosen
  const unchosen = (e) => e.type === 'radio' && e.name;
  const outside = (e) => e.type !== 'radio' && e.matches('button, input, select, textarea') &&
    e.tabIndex < 0 && !e.disabled && e.checkVisibility() && !e.closest('[inert]');
  const all = [...document.querySelectorAll(CONTROLS)];
  const controls = all.filter(reachable);
  const rest = new Map(); // how each looks without the focus
  const reached = new Set();
  const dim = new Set();
  const name = (e) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || '').join(' ');
    const pictures = [...e.querySelectorAll('img[alt], [aria-label]')]
      .map((p) => p.alt || p.getAttribute('aria-label')).join(' ');
    const labels = [...(e.labels || [])].map((l) => l.textContent).join(' ');
    return [e.getAttribute('aria-label'), by, labels, e.title, e.placeholder, e.textContent,
      pictures, e.querySelector('svg title')?.textContent].filter(Boolean).join(' ').trim();
  };
  for (const e of [...controls, ...all.filter(unchosen)]) rest.set(e, look(e));
  document.addEventListener('focusin', (event) => {
    const e = event.target;
    if (reached.has(e)) return;
    reached.add(e);
    const style = getComputedStyle(e);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = shape(e).getBoundingClientRect();
    const seen = shape(e).checkVisibility({opacityProperty: true, visibilityProperty: true});
    const gone = !seen || box.width < 1 || box.height < 1 || box.right <= 0 || box.bottom <= 0;
    // what unfolded only now, such as an entry of the contents, has no "before"
    const changed = rest.has(e) ? rest.get(e) !== look(e) : style.boxShadow !== 'none';
    if (gone || !(outlined || changed)) dim.add(e);
  });
  document.activeElement?.blur();
  const text = (e) => e.outerHTML.replace(/\\s+/g, ' ').slice(0, 110);
  window.keyboardCheck = {
    controls,
    faults: () => [
      ...all.filter(outside).map((e) => `out of Tab's order: ${text(e)}`),
      ...controls.filter((e) => !reached.has(e)).map((e) => `not reached by Tab: ${text(e)}`),
      ...[...dim].map((e) => `shows no focus: ${text(e)}`),
      ...[...reached].filter((e) => !name(e)).map((e) => `has no name: ${text(e)}`),
    ].slice(0, 12),
  };
}"""
