"""The browser that the other tests here look with: does it notice what it must?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tools import browser as looking

PAGE = '<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">{}</html>'


@pytest.fixture
def page_with(open_page, tmp_path):
    """A page with this in its body, over http; its record."""

    def record(body: str) -> looking.Record:
        (tmp_path / "a.html").write_text(PAGE.format(body), encoding="utf-8")
        with looking.served(tmp_path) as url:
            page = open_page(url + "a.html")
            page.wait_for_timeout(50)
            return page.record

    return record


def test_a_quiet_page_leaves_an_empty_record(page_with):
    record = page_with("<p>Well.</p>")
    assert not record.console + record.failed + record.foreign
    assert len(record.requests) == 1


@pytest.mark.parametrize("call", ["console.error('x')", "console.warn('x')", "throw Error('x')"])
def test_errors_and_warnings_are_on_record(page_with, call):
    assert page_with(f"<script>{call}</script>").console


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.org/a.png" alt="a">',
        '<img src="http://localhost:1/a.png" alt="a">',
        "<script>fetch('https://example.org/x').catch(() => {})</script>",
        "<style>p { background: url(https://example.org/a.png) }</style><p>a</p>",
    ],
)
def test_a_request_to_another_host_is_on_record_and_gets_nothing(page_with, body):
    record = page_with(body)
    assert len(record.foreign) == 1
    assert record.failed


def test_a_missing_file_is_on_record(page_with):
    record = page_with('<img src="nowhere.png" alt="a">')
    assert [entry for entry in record.failed if entry.endswith("nowhere.png: 404")]


def test_a_page_from_the_disk_may_load_its_neighbours_only(open_page, tmp_path):
    (tmp_path / "b.js").write_text("window.b = 1", encoding="utf-8")
    body = '<script src="b.js"></script><img src="http://127.0.0.1:1/a.png" alt="a">'
    (tmp_path / "a.html").write_text(PAGE.format(body), encoding="utf-8")
    page = open_page((tmp_path / "a.html").as_uri())
    assert page.evaluate("window.b") == 1
    assert page.record.foreign == ["http://127.0.0.1:1/a.png"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_demo_page_has_the_courses_colours(demo_page, theme):
    page = demo_page(theme=theme)
    blue = "getComputedStyle(document.documentElement).getPropertyValue('--mbrl-blue').trim()"
    assert page.evaluate(blue) == {"light": "#2f7fb5", "dark": "#6fb3e0"}[theme]


def test_where_there_is_no_chromium_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(looking, "NAMES", ("no-such-browser",))
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"), looking.chromium():
        pass


def pytest_run(*tests: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Another pytest, which runs these tests under these variables."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, tests)]
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        command, cwd=looking.ROOT, check=False, capture_output=True, text=True,
        env=kept | environment,
    )  # fmt: skip


QUIET = f"{__file__}::test_a_quiet_page_leaves_an_empty_record"


def test_the_rest_of_the_suite_may_run_event_loops(tmp_path):
    """Playwright keeps a loop while it lives; after these tests another one must start."""
    after = tmp_path / "test_after.py"
    after.write_text(
        "import asyncio\n\n\ndef test_loop():\n    asyncio.run(asyncio.sleep(0))\n",
        encoding="utf-8",
    )
    run = pytest_run(QUIET, after)
    assert run.returncode == 0, run.stdout
    assert "2 passed" in run.stdout


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 error"), ("false", "1 skipped")])
def test_without_a_browser_the_tests_fail_in_ci_and_are_skipped_elsewhere(ci, outcome):
    run = pytest_run(QUIET, CI=ci, PATH=os.path.dirname(sys.executable))
    assert outcome in run.stdout
    assert "apt-get install chromium" in run.stdout
