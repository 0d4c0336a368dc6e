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

PHONE = 390  # CSS pixels
GRAVE = ("serious", "critical")
KINDS = (
    "console", "failed requests", "other hosts", "accessibility", "keyboard", "phone", "demo code",
)  # fmt: skip


def page_names(site: Path = SITE) -> list[str]:
    """Every page of the site, relative to it; the front page alone where none is built."""
    found = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    return [str(path) for path in found if path.parts[0] not in ("_static", "demos")] or [
        "index.html"
    ]


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
        found["accessibility"] += [f"dark: {entry}" for entry in violations(page)]
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
    """Unfold what is folded, and let nothing be caught half-way between two colours."""
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def dark(page: Page) -> None:
    """The reader's system turns dark. Raises `RuntimeError` when the page does not follow."""
    page.emulate_media(color_scheme="dark")
    try:
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'", timeout=2000)
    except TimeoutError:
        raise RuntimeError(f"{page.url} stays light when the system turns dark") from None


@cache
def _axe() -> Axe:
    return Axe()


def violations(page: Page) -> list[str]:
    """The serious and critical violations that axe-core finds, with the first places of each."""
    result = _axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{found['id']} ({found['impact']}, {len(found['nodes'])} times), as in "
        + "; ".join(str(node["html"])[:160] for node in found["nodes"][:2])
        for found in result["violations"]
        if found["impact"] in GRAVE
    ]


def needless_demo_code(page: Page) -> list[str]:
    """What a page loads from `demos/` though it has no demo, or before its demo is started."""
    loaded = [url for url in page.record.requests if "/demos/" in url]
    if page.locator("section.demo").count():
        loaded = [url for url in loaded if "/weights/" in url]
    return [f"loads {url}" for url in loaded]


def sticks_out(page: Page) -> list[str]:
    """What makes the page scroll sideways, or is cut off at the right edge."""
    return page.evaluate(_STICKS_OUT)


def keyboard_faults(page: Page) -> list[str]:
    """Controls that Tab does not reach, that show no focus, or that have no name."""
    page.evaluate(_LISTEN)
    steps = page.evaluate("window.keyboardCheck.controls.length") + 20
    for _ in range(steps):
        page.keyboard.press("Tab")
    return page.evaluate("window.keyboardCheck.faults()")


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
  const look = (element) => {
    const around = [element, element.parentElement, element.nextElementSibling].filter(Boolean);
    return around.map((e) => LOOK.map((name) => getComputedStyle(e)[name]).join()).join('|');
  };
  const reachable = (e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled &&
    e.tabIndex >= 0 && !e.closest('[inert], [aria-hidden=true]') && !unchosen(e);
  // of a group of radio buttons, Tab reaches the chosen one, or one when none is chosen
  const unchosen = (e) => e.type === 'radio' && e.name;
  const outside = (e) => e.type !== 'radio' && e.matches('button, input, select, textarea') &&
    e.tabIndex < 0 && !e.disabled && e.checkVisibility() && !e.closest('[inert]');
  const all = [...document.querySelectorAll(CONTROLS)];
  const controls = all.filter(reachable);
  const rest = new Map();
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
  for (const e of controls) rest.set(e, look(e));
  document.addEventListener('focusin', (event) => {
    const e = event.target;
    if (reached.has(e)) return;
    reached.add(e);
    const style = getComputedStyle(e);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = e.getBoundingClientRect();
    const seen = e.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const gone = !seen || box.width < 1 || box.height < 1 || box.right <= 0 || box.bottom <= 0;
    if (gone || !(outlined || (rest.has(e) && rest.get(e) !== look(e)))) dim.add(e);
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
