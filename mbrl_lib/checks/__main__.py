"""`python -m mbrl_lib.checks ps1_dynamics.ipynb`: every visible check, from a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mbrl_lib.checks.cells import code_cells, run_cells
from mbrl_lib.checks.outcomes import Outcome

_STYLES = {
    Outcome.CORRECT: "green",
    Outcome.INCORRECT: "red",
    Outcome.NOT_ATTEMPTED: "yellow",
}


def main(arguments: list[str]) -> int:
    """Run one notebook's checks; 0 when all pass, 1 when some do not, 2 for a bad call."""
    console = Console()
    if len(arguments) != 1 or arguments[0].startswith("-"):
        console.print("usage: python -m mbrl_lib.checks NOTEBOOK.ipynb")
        return 2
    path = Path(arguments[0])
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = code_cells(notebook)
    except (OSError, ValueError, KeyError, TypeError) as error:
        complaint = f"{path} cannot be read as a notebook: {error}"
        console.print(complaint, style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    with console.status(f"running the checks of {path.name} ..."):
        results = run_cells(cells)
    table = Table(title=f"Visible checks of {path.name}")
    for heading in ("task", "points", "outcome"):
        table.add_column(heading)
    for result in results:
        style = _STYLES[result.outcome]
        outcome = f"[{style}]{result.outcome.value}[/{style}]"
        table.add_row(result.id, f"{result.score:g}/{result.points:g}", outcome)
    console.print(table)
    for result in results:
        if result.outcome is Outcome.INCORRECT:
            console.print(f"\n[bold]{result.id}[/bold]")
            console.print(result.message, markup=False, highlight=False, soft_wrap=True)
    console.print("\nHidden tests ask for the same properties on other inputs.", style="dim")
    return 0 if all(r.outcome is Outcome.CORRECT for r in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
