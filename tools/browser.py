"""A browser that looks at the site as a reader does: Debian's Chromium, driven by Playwright.

Used by `tests/site` and by the bench `site`. The browser resolves no name, so that a page that
asks another host for something gets nothing, and the request is on record.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "no Chromium on this machine; on Debian: apt-get install chromium"
NO_SITE = "there is no site in _build/html; build it: python tools/build_book.py"


def executable() -> str | None:
    """The installed Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Raises `FileNotFoundError` where none is installed.

    Playwright keeps an event loop in this thread while it lives: leave the context before anything
    that calls `asyncio.run`.
    """
    path = executable()
    if path is None:
        raise FileNotFoundError(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",  # it looks at our own pages, often as root in a container
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--force-color-profile=srgb",
            ],
        )
        yield browser
        browser.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Files, without a line in the terminal for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up while a file is under way is no event."""


@contextmanager
def served(folder: Path = SITE) -> Iterator[str]:
    """A server of the folder on this machine; its address, with a slash at the end."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Record:
    """What happened on a page since it was opened, or since `clear`."""

    console: list[str] = field(default_factory=list)  # errors and warnings
    failed: list[str] = field(default_factory=list)  # requests without an answer, or a bad one
    foreign: list[str] = field(default_factory=list)  # requests to another host
    requests: list[str] = field(default_factory=list)  # every request's address
    home: str = ""  # scheme and host of the page itself

    def clear(self) -> None:
        """Forget everything."""
        for entries in (self.console, self.failed, self.foreign, self.requests):
            entries.clear()

    def watch(self, page: Page) -> None:
        """Write down what the page does from now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._unanswered)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        scheme, host = urlsplit(request.url)[:2]
        if scheme not in ("data", "blob", "about") and f"{scheme}://{host}" != self.home:
            self.foreign.append(request.url)

    def _unanswered(self, request: Request) -> None:
        # a film that was asked for by parts, or left with its page, is aborted and no fault
        if request.failure != "net::ERR_ABORTED" or request.resource_type != "media":
            self.failed.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")


def new_page(
    browser: Browser, theme: str = "light", width: int = 1440, height: int = 900, **options: Any
) -> Page:
    """An empty page of its own context, `page.record` keeping what happens on it.

    Parameters
    ----------
    theme : "light" or "dark", what the reader's system prefers
    width, height : of the window, CSS pixels
    options : of Playwright's `new_context`, such as `has_touch`, `reduced_motion`
    """
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, **options
    )
    page = context.new_page()
    page.set_default_timeout(120_000)  # a busy machine is no fault of the page
    page.record = Record()
    page.record.watch(page)
    return page


def visit(page: Page, url: str) -> Page:
    """Open an address, and wait until the page is complete and its formulas are drawn."""
    parts = urlsplit(url)
    page.record.home = f"{parts.scheme}://{parts.netloc}"
    page.goto(url, wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise?.then(() => undefined)")
    return page


def throttle(page: Page, times: float) -> None:
    """Make the page's processor `times` slower than it is; 1 takes that back."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
