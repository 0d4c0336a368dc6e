"""The built site in a real browser: what it asks for, what it complains of, how fast it comes.

The same looks as in `tests/site/test_pages.py`, summed over all pages.
"""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser

from benchmarks.evidence import record
from tools.browser import NO_SITE, SITE, chromium, new_page, served
from tools.site_checks import FRONT, examine, page_names

COMMAND = "make bench only=site"
PACKAGES = ("playwright", "axe-playwright-python", "sphinx", "sphinx-book-theme")
LOADS = 5


def run() -> None:
    """Rows `external_requests`, `console_errors`, `axe_serious_violations`, `first_page_seconds`.

    Raises `FileNotFoundError` where there is no site or no Chromium.
    """
    if not (SITE / "index.html").exists():
        raise FileNotFoundError(NO_SITE)
    names = page_names()
    totals = {"other hosts": 0, "console": 0, "accessibility": 0}
    with chromium() as browser, served() as url:
        seconds = first_page(browser, url)
        for position, name in enumerate(names, start=1):
            found = examine(browser, url, name)
            for kind in totals:
                totals[kind] += len(found[kind])
            wrong = [entry for kind in totals for entry in found[kind]]
            print(f"{position}/{len(names)} {name}: {'; '.join(wrong) or 'well'}", flush=True)
    everywhere = f"over the site's {len(names)} pages, each over http and from the disk"
    _row("external_requests", f"requests to another host, {everywhere}", totals["other hosts"])
    _row("console_errors", f"errors and warnings in the console, {everywhere}", totals["console"])
    _row(
        "axe_serious_violations",
        f"serious and critical violations that axe-core finds on {len(names)} pages, each in light "
        "and in dark",
        totals["accessibility"],
    )
    record(
        "first_page_seconds",
        "from asking for the site to its front page's load event, over http from this machine, "
        f"into an empty cache: the slowest of {LOADS}",
        "<= 1", round(max(seconds), 3), "s", COMMAND, packages=PACKAGES,
    )  # fmt: skip
    print(f"median load of the front page: {statistics.median(seconds):.3f} s")


def first_page(browser: Browser, url: str) -> list[float]:
    """Seconds from asking for the site's address to the front page's load event, for each load.

    The event comes after `DOMContentLoaded`, from which on the page can be used.
    """
    seconds = []
    for _ in range(LOADS + 1):
        page = new_page(browser)
        start = time.perf_counter()
        page.goto(url)  # which sends on to the front page
        page.wait_for_url(f"**/{FRONT}", wait_until="load")
        seconds.append(time.perf_counter() - start)
        page.context.close()
    return seconds[1:]  # the first one finds the browser itself cold


def _row(identifier: str, what: str, measured: int) -> None:
    record(identifier, what, "= 0", measured, "", COMMAND, packages=PACKAGES)
