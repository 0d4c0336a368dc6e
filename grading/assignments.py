"""The assignments: MyST sources in `solutions/`, notebooks built from them.

`solutions/psN_name/psN_name.md` is the only file that people edit. From it come the instructor's
notebook beside it (not in git) and, through `nbgrader generate_assignment`, the student's notebook
in `assignments/` (in git). `python -m grading.assignments` builds both for all that changed.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
RELEASED = ROOT / "assignments"


def names() -> list[str]:
    """The assignments' names, in order: each folder of `solutions/` that holds its MyST source."""
    found = (path.parent.name for path in SOLUTIONS.glob("*/*.md") if path.stem == path.parent.name)
    return sorted(found, key=lambda name: int(name.split("_")[0].removeprefix("ps")))


def source_path(name: str) -> Path:
    """The MyST file of an assignment. Raises `ValueError` for an unknown name."""
    path = SOLUTIONS / name / f"{name}.md"
    if not path.exists():
        raise ValueError(f"no assignment is called {name!r}; there are: {', '.join(names())}")
    return path


def read(name: str) -> NotebookNode:
    """The instructor's notebook, with every cell id taken from its grade_id or its position.

    jupytext draws cell ids at random; a notebook built twice must be the same to the byte.
    """
    notebook = jupytext.reads(source_path(name).read_text(encoding="utf-8"), fmt="md:myst")
    for position, cell in enumerate(notebook.cells):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{position}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def writes(notebook: NotebookNode) -> list[str]:
    """The library modules an assignment asks students to write: `writes` of its `checks.begin`."""
    for cell in notebook.cells:
        if cell.cell_type != "code" or "checks.begin(" not in cell.source:
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "begin":
                keyword = next(k for k in node.keywords if k.arg == "writes")
                return ast.literal_eval(keyword.value)
    raise ValueError("no cell calls checks.begin(assignment, writes=[...])")


def build_instructor(name: str) -> Path:
    """Write the instructor's notebook beside its source, where nbgrader looks for it."""
    path = source_path(name).with_suffix(".ipynb")
    text = nbformat.writes(read(name)) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path


def release(name: str, destination: Path) -> Path:
    """Build the student's notebook into `destination/name/`, through nbgrader.

    It runs in a course folder of its own, so that neither the gradebook nor `assignments/` is
    touched. Raises `RuntimeError` with nbgrader's words when it refuses.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        (course / "source" / name).mkdir(parents=True)
        nbformat.write(read(name), course / "source" / name / f"{name}.ipynb")
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", name, "--create", "--force",
             f"--CourseDirectory.root={course}", f"--CourseDirectory.db_url=sqlite:///{course}/g.db",
             "--CourseDirectory.source_directory=source",
             "--CourseDirectory.release_directory=release"],
            cwd=course, env=environment(), capture_output=True, text=True,
        )  # fmt: skip
        built = course / "release" / name / f"{name}.ipynb"
        if done.returncode or not built.exists():
            raise RuntimeError(f"nbgrader could not release {name}:\n{done.stderr[-2000:]}")
        target = destination / name / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built, target)
    return target


def environment() -> dict[str, str]:
    """The environment for nbgrader's commands, which look for `alembic` on the PATH."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def build_all() -> None:
    """Build what is older than its source."""
    for name in tqdm(names(), desc="assignments", unit="notebook"):
        notebook = build_instructor(name)
        released = RELEASED / name / f"{name}.ipynb"
        if not released.exists() or released.stat().st_mtime < notebook.stat().st_mtime:
            release(name, RELEASED)


if __name__ == "__main__":
    build_all()
