"""The page that a long experiment leaves behind: what it cost, how it went, what came of it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from mbrl_lib.experiments.stages import Ledger, write_whole
from mbrl_lib.plotting import Picture

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
 :root {{ color-scheme: light dark; }}
 body {{ font: 16px/1.5 system-ui, sans-serif; }}
 body {{ max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }}
 td, th {{ padding: 0.1rem 1rem 0.1rem 0; text-align: right; }}
 td:first-child, th:first-child {{ text-align: left; }}
 svg, video {{ max-width: 100%; height: auto; }}
</style>
<h1>{title}</h1>
{parts}
</html>
"""


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as HTML; numbers with one decimal."""

    def cell(value: object) -> str:
        return html.escape(f"{value:.1f}" if isinstance(value, float) else str(value))

    lines = ["<tr>" + "".join(f"<th>{html.escape(head)}</th>" for head in heads) + "</tr>"]
    lines += [
        "<tr>" + "".join(f"<td>{cell(value)}</td>" for value in row) + "</tr>" for row in rows
    ]
    return "<table>" + "".join(lines) + "</table>"


def costs(ledger: Ledger) -> str:
    """What every stage has cost, as a table."""
    rows = [
        (name, entry.cpu_seconds / 60, entry.wall_seconds / 60)
        for name, entry in ledger.entries.items()
    ]
    rows.append(("all", ledger.cpu_seconds / 60, sum(row[2] for row in rows)))
    return table(("stage", "CPU-minutes", "minutes"), rows)


def write(path: Path, title: str, parts: Sequence[str | Picture]) -> None:
    """One self-contained page of headings and tables (HTML) and pictures, in their order."""
    whole = "\n".join(part.html if isinstance(part, Picture) else part for part in parts)
    write_whole(path, _PAGE.format(title=html.escape(title), parts=whole))
