"""The command line: `python -m grading.ingest ASSIGNMENT PATH... [--students FILE]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grading import ingest as package
from grading.ingest.kinds import STATUSES, Line
from grading.ingest.names import Roster
from grading.ingest.taking import ingest
from grading.precheck import DESK, plain


def print_table(name: str, lines: list[Line], console: Console) -> None:
    """One line for everything taken, then one for everything refused."""
    table = Table(title=f"{name}: taken in")
    for heading in ("student", "status", "from", "why", "what to tell the student"):
        table.add_column(heading, overflow="fold")
    for line in sorted(lines, key=lambda each: (each.status == "refused", each.student)):
        style = "red" if line.status == "refused" else ""
        cells = (line.student or "?", line.status, line.source, line.why, "\n".join(line.tell))
        table.add_row(*map(plain, cells), style=style)
    console.print(table)
    counts = {status: sum(line.status == status for line in lines) for status in STATUSES}
    console.print(", ".join(f"{n} {s}" for s, n in counts.items() if n) or "nothing was found")


def main(arguments: list[str]) -> int:
    """Take in, print the table; 0 when nothing was refused, 1 when something, 2 for a bad call."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.ingest",
        description=package.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assignment")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--students", type=Path, help="CSV: id, name, and perhaps lms_id, email")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        roster = Roster.load(options.students) if options.students else None
        DESK.mkdir(parents=True, exist_ok=True)
        lines = ingest(options.assignment, options.paths, DESK, roster)
    except ValueError as error:
        console.print(plain(str(error)))
        return 2
    print_table(options.assignment, lines, console)
    return 1 if any(line.status == "refused" for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
