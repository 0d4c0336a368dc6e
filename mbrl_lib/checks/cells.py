"""Running an assignment's cells without a notebook server.

The student's terminal check and the course's own proof tests use it: cells are executed in order
in one namespace, a test cell's outcome is what it raises.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from mbrl_lib import checks
from mbrl_lib.checks.outcomes import CheckFailed, Outcome


@dataclass(frozen=True)
class Cell:
    """A code cell of an assignment.

    Attributes
    ----------
    id : str, nbgrader's grade_id, or "" for a cell that nbgrader does not know
    source : str
    points : float, what a test cell is worth
    is_test, is_solution : bool
    is_demo : bool, tagged "demo": shows the finished piece at work and is not needed by any test
    """

    id: str
    source: str
    points: float = 0.0
    is_test: bool = False
    is_solution: bool = False
    is_demo: bool = False


@dataclass(frozen=True)
class TaskResult:
    """The outcome of one test cell; `message` is empty when it passed."""

    id: str
    points: float
    outcome: Outcome
    message: str = ""

    @property
    def score(self) -> float:
        """All points or none."""
        return self.points if self.outcome is Outcome.CORRECT else 0.0


def code_cells(notebook: Any) -> list[Cell]:
    """The code cells of a notebook (an `nbformat` node, or the same as a dict), in order."""
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        meta = cell["metadata"]
        grading = meta.get("nbgrader", {})
        source = cell["source"]
        cells.append(
            Cell(
                id=grading.get("grade_id", ""),
                source=source if isinstance(source, str) else "".join(source),
                points=float(grading.get("points") or 0),
                is_test=bool(grading.get("grade")) and not grading.get("solution"),
                is_solution=bool(grading.get("solution")),
                is_demo="demo" in meta.get("tags", []),
            )
        )
    return cells


def with_sources(cells: Iterable[Cell], sources: dict[str, str]) -> list[Cell]:
    """The cells with some sources replaced, by id. Raises `ValueError` for an unknown id."""
    cells = list(cells)
    unknown = set(sources) - {cell.id for cell in cells}
    if unknown:
        raise ValueError(f"no cell has the id {', '.join(sorted(unknown))}")
    return [replace(c, source=sources[c.id]) if c.id in sources else c for c in cells]


def run_cells(
    cells: Iterable[Cell],
    demos: bool = False,
    stop_at_failure: bool = False,
    strict: bool = False,
) -> list[TaskResult]:
    """Execute the cells in one fresh namespace; the outcomes of the test cells, in order.

    Parameters
    ----------
    demos : bool, run the demonstration cells too
    stop_at_failure : bool, stop after the first test that fails
    strict : bool, let the error of a cell that is no test stop the run instead of going on, as a
        notebook does
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    results: list[TaskResult] = []
    checks.use_namespace(namespace)
    try:
        for cell in cells:
            if cell.is_demo and not demos:
                continue
            error = _execute(cell, namespace)
            if not cell.is_test:
                if strict and error is not None:
                    raise error
                continue
            results.append(_judge(cell, error))
            if error is not None and stop_at_failure:
                break
    finally:
        checks.use_namespace(None)
    return results


def _execute(cell: Cell, namespace: dict[str, Any]) -> BaseException | None:
    try:
        exec(
            compile(_plain_python(cell.source), f"<cell {cell.id or 'unnamed'}>", "exec"), namespace
        )
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return error
    return None


def _plain_python(source: str) -> str:
    """Without IPython's magics, which mean nothing here."""
    lines = source.splitlines()
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


def _judge(cell: Cell, error: BaseException | None) -> TaskResult:
    if error is None:
        return TaskResult(cell.id, cell.points, Outcome.CORRECT)
    if isinstance(error, CheckFailed):
        return TaskResult(cell.id, cell.points, error.outcome, error.message())
    words = "".join(traceback.format_exception_only(error)).strip()
    return TaskResult(cell.id, cell.points, Outcome.INCORRECT, words)
