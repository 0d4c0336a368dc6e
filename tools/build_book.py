"""Build the site: `python tools/build_book.py`, or `--serve` to look at it in a browser.

Chapters are executed and their outputs kept in `_build/.jupyter_cache`, so that a second build
takes seconds. That cache knows when a chapter changed, not when the library under it did: so it is
dropped here whenever `mbrl_lib/` or `results/` changed. Every warning fails the build: a broken
link, an unknown citation, a cell that raises.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
SITE = BUILD / "html"
FINGERPRINT = BUILD / "executed_with.sha256"
READING = re.compile(r"^reading sources\.\.\. \[ *(?P<share>\d+)%\] (?P<page>\S+)")
EXECUTED = re.compile(r"(?P<page>\S+?)(?:\.md)?: Executed notebook in (?P<seconds>[\d.]+) seconds")
PROBLEM = re.compile(r"(?:WARNING|ERROR|CRITICAL|SEVERE|Error): ")

console = Console(highlight=False, soft_wrap=True)


def fingerprint() -> str:
    """A hash of what chapters use besides their own text: the library, and stored results."""
    digest = hashlib.sha256()
    files = [*ROOT.glob("mbrl_lib/**/*.py"), *ROOT.glob("results/**/*")]
    for path in sorted(files):
        if path.is_file() and path.name != "evidence.json":  # read by pages, not by cells
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def drop_stale_cache(now: str) -> None:
    """Forget the executed chapters when the library or the results changed."""
    before = FINGERPRINT.read_text(encoding="utf-8") if FINGERPRINT.exists() else ""
    if before == now and (BUILD / ".jupyter_cache").exists():
        return
    for folder in (".jupyter_cache", ".doctrees", "jupyter_execute"):
        shutil.rmtree(BUILD / folder, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    FINGERPRINT.write_text(now, encoding="utf-8")
    if before not in ("", now):
        console.print("mbrl_lib/ or results/ changed: every chapter is executed again")


def build() -> int:
    """Run Jupyter Book, saying page by page what it does; its exit status."""
    problems: list[str] = []
    process = subprocess.Popen(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(ROOT),
         "-W", "-n", "--keep-going"],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    )  # fmt: skip
    for line in process.stdout:
        line = re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()
        if found := READING.match(line):
            console.print(f"{found['share']:>3} % read   {found['page']}")
        elif found := EXECUTED.search(line):
            page = Path(found["page"]).name
            console.print(f"            {page} executed in {float(found['seconds']):.0f} s")
        elif PROBLEM.search(line):
            problems.append(line.replace(f"{ROOT}{os.sep}", ""))
            console.print(problems[-1], style="red", markup=False)
        elif problems and line.startswith(" "):
            console.print(line, style="red", markup=False)
    return process.wait()


def environment() -> dict[str, str]:
    """This interpreter's commands first; matplotlib without a window; one thread a kernel."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": here, "MPLBACKEND": "agg", "PYTHONUNBUFFERED": "1"}


def report(seconds: float) -> None:
    """How long each executed page took, and where the site is."""
    times = json.loads((BUILD / "run_times.json").read_text(encoding="utf-8"))
    if times:
        table = Table("page", "executed in", title="Executed pages", title_justify="left")
        for page, spent in times.items():
            table.add_row(page, f"{spent:.1f} s" if spent is not None else "unknown")
        console.print(table)
    console.print(f"Built in {seconds:.0f} s. The site: {(SITE / 'index.html').as_uri()}")


def serve(port: int) -> int:
    """Serve the built site on this machine until interrupted."""
    if not (SITE / "index.html").exists():
        console.print("There is no site yet; `python tools/build_book.py` builds it.", style="red")
        return 1
    handler = functools.partial(QuietHandler, directory=str(SITE))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        console.print(f"Port {port} cannot be used ({error}); try --port 0.", style="red")
        return 1
    address = f"http://127.0.0.1:{server.server_port}/"
    console.print(f"The site is at {address} until you press Ctrl+C.")
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.print("\nStopped.")
    return 0


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Files, without a line in the terminal for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> int:
    """Build or serve; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--serve", action="store_true", help="look at the built site in a browser")
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default 8000)")
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.port)
    started = time.monotonic()
    drop_stale_cache(fingerprint())
    status = build()
    if status:
        console.print("The book was not built: mend the red lines above.", style="bold red")
        return 1
    report(time.monotonic() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
