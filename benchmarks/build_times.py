"""How long the book and the tests take, from nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from benchmarks.evidence import ROOT, record


def book() -> None:
    """A build without any cache."""
    shutil.rmtree(ROOT / "_build" / ".jupyter_cache", ignore_errors=True)
    shutil.rmtree(ROOT / "_build" / "html", ignore_errors=True)
    start = time.perf_counter()
    subprocess.run([sys.executable, "tools/build_book.py"], cwd=ROOT, check=True)
    minutes = (time.perf_counter() - start) / 60
    record(
        "book_cold_build_minutes",
        "wall time of executing and building the whole book without a cache",
        "<= 15", round(minutes, 2), "minutes", "make bench only=book",
    )  # fmt: skip


def tests() -> None:
    """`make test` in an environment that is set up, book included."""
    start = time.perf_counter()
    subprocess.run(["make", "test"], cwd=ROOT, check=True)
    minutes = (time.perf_counter() - start) / 60
    record(
        "make_test_minutes",
        "wall time of make test, the packages being installed",
        "<= 45", round(minutes, 2), "minutes", "make results only=tests",
    )  # fmt: skip
