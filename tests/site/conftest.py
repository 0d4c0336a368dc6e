"""What tests of the site share: Chromium, the site's address, pages that keep a record.

The fixtures live as long as the tests of this folder run, and no longer: Playwright keeps an event
loop in the thread, and tests elsewhere call `asyncio.run`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tools.browser import (
    INSTALL,
    NO_SITE,
    ROOT,
    SITE,
    chromium,
    executable,
    new_page,
    served,
    visit,
)

DEMOS = ROOT / "book" / "_demos"
STYLES = ROOT / "book" / "_static" / "course.css"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium. Where there is none, a test fails in CI and is skipped elsewhere."""
    if executable() is None:
        missing = pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip
        missing(INSTALL)
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def site() -> Path:
    """The folder of the built site."""
    if not (SITE / "index.html").exists():
        pytest.fail(NO_SITE)
    return SITE


@pytest.fixture(scope="package")
def site_url(site: Path) -> Iterator[str]:
    """Where the built site is served, with a slash at the end."""
    with served(site) as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`open_page(url, theme="light", width=1440, height=900, **context)`: the page, loaded.

    An address without a scheme is one of the site, over http. `page.record` holds `console`,
    `failed`, `foreign` and `requests`. Pages are closed after the test.
    """
    opened: list[Page] = []

    def open_(url: str, theme: str = "light", width: int = 1440, **options: Any) -> Page:
        if "://" not in url and not url.startswith("about:"):
            url = request.getfixturevalue("site_url") + url
        opened.append(new_page(browser, theme, width, **options))
        return visit(opened[-1], url)

    yield open_
    for page in opened:
        page.context.close()


@pytest.fixture
def demo_page(open_page: Callable[..., Page], tmp_path: Path) -> Callable[..., Page]:
    """`demo_page("demo.js", ..., body="", **as open_page)`: a page with these scripts, over file://.

    Scripts are named as they lie in `book/_demos/`, and run in this order; the course's colours
    are there too.
    """

    def open_(*scripts: str, body: str = "", theme: str = "light", **options: Any) -> Page:
        tags = "\n".join(f'<script src="{(DEMOS / name).as_uri()}"></script>' for name in scripts)
        page = tmp_path / f"demo_{len(list(tmp_path.glob('demo_*')))}.html"
        page.write_text(
            f'<!doctype html>\n<html lang="en" data-theme="{theme}">\n<head>\n'
            f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
            f'<title>demo</title>\n<link rel="stylesheet" href="{STYLES.as_uri()}">\n</head>\n'
            f"<body>\n{body}\n{tags}\n</body>\n</html>\n",
            encoding="utf-8",
        )
        return open_page(page.as_uri(), theme, **options)

    return open_
