"""Taking an assignment's cells, with some of them replaced, through its own checks.

Every run happens in a process forked from one that has torch loaded, so that a variant costs
milliseconds and cannot harm the next. A variant is a file:

    '''The loss is summed over the entries instead of averaged.

    task: ps1-nll-tests
    message: sum
    '''
    # %% ps1-nll
    def gaussian_nll(...): ...

`task` names the test cells that must fail (all others must pass), `message` is a regular
expression that their messages must match. Right variants have neither.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grading import assignments
from mbrl_lib.checks.cells import Cell, TaskResult, code_cells, run_cells, with_sources

HERE = Path(__file__).parent
TIMEOUT = 60.0  # seconds a variant may take; none of the right ones needs 10

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.assignments.preload", "tests.assignments.proof"])


@dataclass(frozen=True)
class Variant:
    """One way to fill in an assignment."""

    name: str
    sources: dict[str, str]
    tasks: tuple[str, ...] = ()
    message: str = ""
    story: str = field(default="", compare=False)


@cache
def cells(name: str) -> tuple[Cell, ...]:
    """The instructor's code cells, hidden tests included."""
    return tuple(code_cells(assignments.read(name)))


def variants(name: str, kind: str) -> list[Variant]:
    """The files of `tests/assignments/NAME/KIND/`, where kind is "wrong" or "right"."""
    return [load(path) for path in sorted((HERE / name / kind).glob("*.py"))]


def load(path: Path) -> Variant:
    """Read a variant's file. Raises `ValueError` when it does not say what it replaces."""
    text = path.read_text(encoding="utf-8")
    story = ast.get_docstring(ast.parse(text)) or ""
    parts = re.split(r"^# %% (\S+)\n", text, flags=re.MULTILINE)
    if len(parts) < 3 or not story:
        raise ValueError(f"{path} needs a docstring and a line '# %% cell-id'")
    found = dict(re.findall(r"^(task|message): *(.+)$", story, flags=re.MULTILINE))
    return Variant(
        path.stem,
        dict(zip(parts[1::2], parts[2::2], strict=True)),
        tuple(found.get("task", "").split()),
        found.get("message", ""),
        story.splitlines()[0],
    )


def run(
    name: str,
    sources: dict[str, str] | None = None,
    *,
    stop_at_failure: bool = False,
    key: str | None = None,
) -> list[TaskResult]:
    """The outcomes of all test cells with `sources` in place of the reference's.

    `key` is the student's key, from which hidden inputs are drawn. Raises `TimeoutError` when it
    takes too long.
    """
    chosen = with_sources(cells(name), sources or {})
    receiver, sender = _context.Pipe(duplex=False)
    process = _context.Process(target=_work, args=(sender, chosen, stop_at_failure, key))
    process.start()
    sender.close()
    try:
        if not receiver.poll(TIMEOUT):
            raise TimeoutError(f"{name} took more than {TIMEOUT:g} s")
        return receiver.recv()
    except EOFError:
        raise RuntimeError(f"{name}: the process died with exit code {process.exitcode}") from None
    finally:
        process.kill()
        process.join()


def _work(sender: object, chosen: list[Cell], stop_at_failure: bool, key: str | None) -> None:
    if key is not None:
        os.environ["MBRL_CHECK_KEY"] = key
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    sender.send(run_cells(chosen, stop_at_failure=stop_at_failure))
