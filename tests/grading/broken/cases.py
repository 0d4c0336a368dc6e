"""The broken submissions: each a small change to a right one, with what it may cost.

A case writes what a student handed in into a folder of that student's. `lost` names the tests that
it may cost (None: nothing can be graded), `says` what the student is told, as a regular expression
over everything that ingest, the check before grading and the verdicts say.
"""

from __future__ import annotations

import copy
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from grading import sample_class

NAME = "ps2_random_shooting"
FILE = f"{NAME}.ipynb"
TASK, ANSWER, TEST = "rollout", "ps2-rollout", "ps2-rollout-tests"
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One broken submission."""

    name: str
    write: Callable[[Path], None]
    lost: tuple[str, ...] | None
    says: str

    @property
    def is_endless(self) -> bool:
        """Whether it goes on until it is stopped."""
        return "endless" in self.name or "longer than" in self.says


CASES: list[Case] = []


@cache
def _right_text() -> str:
    return nbformat.writes(sample_class.submission(NAME, "ada"))


def right() -> Notebook:
    """A submission that earns all points, as a plain dict."""
    return json.loads(_right_text())


def cell(notebook: Notebook, grade_id: str = ANSWER) -> dict[str, Any]:
    """The cell of an id."""
    found = notebook["cells"]
    return next(c for c in found if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def _add(name: str, write: Callable[[Path], None], lost: tuple[str, ...] | None, says: str) -> None:
    CASES.append(Case(name, write, lost, says))


def file(name: str, says: str, lost: tuple[str, ...] | None = None) -> Callable[..., None]:
    """A case given by a function that makes the file's bytes."""

    def register(make: Callable[[], bytes]) -> None:
        _add(name, lambda folder: (folder / FILE).write_bytes(make()) and None, lost, says)

    return register


def changed(name: str, says: str, lost: tuple[str, ...] | None = ()) -> Callable[..., None]:
    """A case given by a function that changes a right notebook, or returns another one."""

    def register(change: Callable[[Notebook], Any]) -> None:
        def write(folder: Path) -> None:
            notebook = right()
            made = change(notebook)
            (folder / FILE).write_text(json.dumps(notebook if made is None else made))

        _add(name, write, lost, says)

    return register


def code(name: str, says: str, source: str, lost: tuple[str, ...] = (TEST,)) -> None:
    """A case whose answer to one task does something: `source`, in the body of the function."""

    def change(notebook: Notebook) -> None:
        head = right_head(cell(notebook)["source"])
        body = "\n".join(f"    {line}" for line in source.splitlines())
        cell(notebook)["source"] = f"{head}\n{body}\n"

    changed(name, says, lost)(change)


def right_head(source: str | list[str]) -> str:
    """The `def` line or lines of an answer."""
    text = "".join(source)
    return text[: text.index(":\n") + 1]


# ---- files ---------------------------------------------------------------------------------------

file("empty", "empty")(lambda: b"")
file("blank", "empty")(lambda: b" \n\n")
file("not JSON", "not JSON")(lambda: b"Dear instructor, please find my homework attached.")
file("truncated", "ends in the middle")(lambda: _right_text()[:9000].encode())
file("zero bytes", "zero bytes")(lambda: bytes(20_000))
file("zero bytes in the middle", "not JSON")(
    lambda: _right_text().replace('"cells": [', '"cells": \0\0\0[', 1).encode()
)
file("binary", "not a text file")(lambda: b"\x89PNG\r\n\x1a\n\xff\xfe\xfd" * 100)
file("byte order mark", "utf-8-sig", ())(lambda: b"\xef\xbb\xbf" + _right_text().encode())
file("UTF-16", "utf-16", ())(lambda: _right_text().encode("utf-16"))
file("nested 100,000 deep", "nested too deep")(lambda: b"[" * 100_000 + b"]" * 100_000)
file("a page of HTML", "not JSON")(lambda: b"<!DOCTYPE html><html>Please log in</html>")
file("too large", "too large")(lambda: b"{" + b" " * (101 * 2**20))


@file("merge conflict", "git merge conflict")
def _() -> bytes:
    lines = _right_text().splitlines()
    lines[40:41] = ["<<<<<<< HEAD", lines[40], "=======", lines[40], ">>>>>>> theirs"]
    return "\n".join(lines).encode()


# ---- formats -------------------------------------------------------------------------------------


@changed("format 3", "its format is 3")
def _(notebook: Notebook) -> Notebook:
    for each in notebook["cells"]:
        each.pop("id")
        if each["cell_type"] == "code":
            each |= {"input": each.pop("source"), "language": "python", "prompt_number": 1}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
            "worksheets": [{"cells": notebook["cells"], "metadata": {}}]}  # fmt: skip


changed("format 5", "its format is 5")(lambda nb: nb.update(nbformat=5))
changed("format 4.99", "its format is 4.99")(lambda nb: nb.update(nbformat_minor=99))
changed("no format", "its format is none")(lambda nb: nb.pop("nbformat") and None)
changed("format in words", "its format is four")(lambda nb: nb.update(nbformat="four"))
changed("another kernel", "its kernel is for R")(
    lambda nb: nb["metadata"].update(kernelspec={"name": "ir", "language": "R"})
)
changed("metadata a list", "metadata is no object")(lambda nb: nb.update(metadata=[1]))
changed("cells an object", "no list of cells", None)(lambda nb: nb.update(cells={"0": 1}))
changed("cells gone", "no list of cells", None)(lambda nb: nb.pop("cells") and None)
changed("a list", "no valid notebook", None)(lambda nb: [nb])
changed("a number among the cells", "1 cells are none")(lambda nb: nb["cells"].insert(3, 7))
changed("text that is a number", "cells are none", (TEST,))(
    lambda nb: cell(nb).update(source=[1, 2])
)
changed("cell metadata a string", "had no|$")(lambda nb: nb["cells"][0].update(metadata="x"))


@changed("ids missing", "no proper id")
def _(notebook: Notebook) -> None:
    for each in notebook["cells"]:
        each.pop("id")


@changed("ids doubled", "no proper id")
def _(notebook: Notebook) -> None:
    for each in notebook["cells"]:
        each["id"] = "same"


@changed("lone surrogates", "broken characters")
def _(notebook: Notebook) -> None:
    answer = cell(notebook)
    answer["source"] = "".join(answer["source"]) + "\n# \ud800 \udfff"


@file("huge integers", "$", ())
def _() -> bytes:
    digits = "9" * 10_000
    return _right_text().replace('"nbformat": 4', f'"huge": {digits}, "nbformat": 4').encode()


@changed("metadata nested 300 deep", "$")
def _(notebook: Notebook) -> None:
    for _ in range(300):
        notebook["metadata"] = {"deeper": notebook["metadata"]}


@changed("outputs of 50 MB", "clear the outputs")
def _(notebook: Notebook) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 500_000}
    cell(notebook)["outputs"] = [output]


@changed("a line of 20 MB", "20.0 million characters", (TEST,))
def _(notebook: Notebook) -> None:
    answer = cell(notebook)
    answer["source"] = "".join(answer["source"]) + "\nx = '" + "x" * 20_000_000 + "'"


# ---- cells ---------------------------------------------------------------------------------------

changed("answer deleted", f"answer cell {ANSWER} is missing", (TEST,))(
    lambda nb: nb["cells"].remove(cell(nb))
)
changed("test deleted", f"test cell {TEST} is missing; it was put back")(
    lambda nb: nb["cells"].remove(cell(nb, TEST))
)
changed("answer turned to markdown", "turned into another kind", (TEST,))(
    lambda nb: cell(nb).update(cell_type="markdown")
)
changed("test re-marked", f"{TEST} was re-marked")(
    lambda nb: cell(nb, TEST)["metadata"]["nbgrader"].update(points=1000, solution=True)
)
changed("test marked as no test", f"{TEST} was re-marked")(
    lambda nb: cell(nb, TEST)["metadata"]["nbgrader"].update(grade=False)
)
changed("answer re-marked", f"{ANSWER} was re-marked")(
    lambda nb: cell(nb)["metadata"]["nbgrader"].update(solution=False, locked=True)
)
changed("cells in reverse", "another order")(lambda nb: nb["cells"].reverse())


@changed("answer doubled, the stub first", f"{ANSWER} is there 2 times")
def _(notebook: Notebook) -> None:
    stub = copy.deepcopy(cell(notebook))
    released = nbformat.read(sample_class.assignments.RELEASED / NAME / FILE, as_version=4)
    stub["source"] = next(c.source for c in released.cells if c.id == ANSWER)
    stub["id"] = "twin"
    notebook["cells"].insert(2, stub)


@changed("test doubled", f"{TEST} is there 2 times")
def _(notebook: Notebook) -> None:
    notebook["cells"].append(copy.deepcopy(cell(notebook, TEST)))


@changed("all answers deleted", "no answer cell", None)
def _(notebook: Notebook) -> None:
    marks = [c["metadata"].get("nbgrader", {}) for c in notebook["cells"]]
    kept = [c for c, m in zip(notebook["cells"], marks, strict=True) if not m.get("solution")]
    notebook["cells"] = kept


@changed("nbgrader's marks stripped", "$")
def _(notebook: Notebook) -> None:
    for each in notebook["cells"]:
        each["metadata"].pop("nbgrader", None)


# ---- code ----------------------------------------------------------------------------------------

code("endless loop that ignores interrupts", "longer than",
     "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
     "while True:\n    try:\n        while True: pass\n    except BaseException: pass")  # fmt: skip
code("os._exit", "process ended", "import os\nos._exit(0)")
code("segmentation fault", "process ended", "import ctypes\nctypes.string_at(0)")
code("20 GB at once", "MemoryError|process ended", "x = bytearray(20 * 2**30)")
code("memory bit by bit", "MemoryError|process ended|longer than",
     "x = []\nwhile True: x.append(bytearray(2**26))")  # fmt: skip
code("fork bomb", "process ended|longer than|BlockingIOError|OSError",
     "import os\nwhile True: os.fork()")  # fmt: skip
code("recursion without end", "RecursionError|recursion",
     "f = lambda: f()\nf()")  # fmt: skip
code("sys.exit", "SystemExit|process ended", "import sys\nsys.exit(1)")
code("a result of a gigabyte", "could not be read|process ended|may|at most|MemoryError|TypeError",
     "import torch\nreturn torch.zeros(2**27)")  # fmt: skip


def at_top(name: str, says: str, source: str, lost: tuple[str, ...] = (TEST,)) -> None:
    """A case whose answer cell does something when it is run, before it defines anything."""

    def change(notebook: Notebook) -> None:
        cell(notebook)["source"] = source + "\n" + "".join(cell(notebook)["source"])

    changed(name, says, lost)(change)


at_top("endless loop in the cell itself", "longer than", "while True: pass")
at_top("os._exit in the cell itself", "process ended", "import os; os._exit(1)")
at_top("mistake of syntax", "SyntaxError|never closed", "print((")
at_top("zero byte in the code", "null byte|ValueError|SyntaxError", "x = '\0'")
at_top("20 MB printed on one line", "$", "print('x' * 20_000_000)", ())
at_top("a hundred plots", "$", "import matplotlib.pyplot as plt\n"
       "for _ in range(30): plt.figure(); plt.show()", ())  # fmt: skip


@changed("endless loop in a cell of one's own", "$")
def _(notebook: Notebook) -> None:
    own = {"cell_type": "code", "source": "while True: pass", "metadata": {}, "outputs": [],
           "execution_count": None, "id": "mine"}  # fmt: skip
    notebook["cells"].insert(2, own)


# ---- what is handed in ---------------------------------------------------------------------------


def handed(name: str, says: str, lost: tuple[str, ...] | None = None) -> Callable[..., None]:
    """A case given by a function that writes into the student's folder."""
    return lambda write: _add(name, write, lost, says)


handed("nothing", "No notebook was handed in")(lambda folder: None)
handed("a link", "not a link")(lambda folder: (folder / FILE).symlink_to("/etc/passwd"))
handed("a link to a folder", "not a link")(lambda folder: (folder / "hw").symlink_to("/etc"))
handed("a pipe", "Hand in the notebook itself")(lambda folder: os.mkfifo(folder / FILE))
handed("a folder called as the notebook", "No notebook")(lambda folder: (folder / FILE).mkdir())
handed("a PDF", "No notebook was handed in")(
    lambda folder: (folder / f"{NAME}.pdf").write_bytes(b"%PDF-1.4") and None
)
handed("an archive of another kind", "Hand in the notebook, or a zip")(
    lambda folder: (folder / "hw.rar").write_bytes(b"Rar!") and None
)
handed("another name", r"it was called homework \(2\)", ())(
    lambda folder: (folder / "homework (2).ipynb").write_text(_right_text()) and None
)


@handed("another assignment's notebook", "The notebook of ps1_dynamics was handed in")
def _(folder: Path) -> None:
    other = sample_class.submission("ps1_dynamics", "ada")
    (folder / FILE).write_text(nbformat.writes(other))


def zipped(name: str, says: str, lost: tuple[str, ...] | None = None) -> Callable[..., None]:
    """A case given by a function that fills a zip."""

    def register(fill: Callable[[zipfile.ZipFile], None]) -> None:
        def write(folder: Path) -> None:
            with zipfile.ZipFile(folder / "hw.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                fill(archive)

        _add(name, write, lost, says)

    return register


zipped("..", "Zip the notebook alone")(lambda z: z.writestr(f"../../{FILE}", _right_text()))
zipped("an absolute path", "Zip the notebook alone")(
    lambda z: z.writestr(f"/tmp/{FILE}", _right_text())
)
zipped("a drive", "Zip the notebook alone")(lambda z: z.writestr(f"C:\\{FILE}", _right_text()))
zipped("another's name within", "$", ())(
    lambda z: z.writestr(f"h000_1_2_{FILE}/{FILE}", _right_text())
)
zipped("50,000 files", "notebook alone")(
    lambda z: [z.writestr(f"{n}.txt", b"") for n in range(50_000)] and None
)


@zipped("zip bomb", "notebook alone")
def _(archive: zipfile.ZipFile) -> None:
    archive.writestr(FILE, b" " * (90 * 2**20))


@zipped("zip bomb of zips", "notebook alone")
def _(archive: zipfile.ZipFile) -> None:
    inner = b""
    for depth in range(6):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as each:
            for copy_number in range(4):
                name = f"{copy_number}.zip" if depth else f"{copy_number}{FILE}"
                each.writestr(name, inner or b"0" * 10**6)
        inner = made.getvalue()
    archive.writestr("next.zip", inner)


@zipped("a link in a zip", "not a link")
def _(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo(FILE)
    info.external_attr = 0o120777 << 16
    archive.writestr(info, "/etc/passwd")


@handed("an encrypted zip", "without a password")
def _(folder: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(FILE, _right_text())
    data = bytearray(made.getvalue())
    central = data.rindex(b"PK\1\2")
    for place in (6, central + 8):
        data[place : place + 2] = struct.pack("<H", 1)
    (folder / "hw.zip").write_bytes(data)


@handed("a zip cut off", "cannot be opened")
def _(folder: Path) -> None:
    with zipfile.ZipFile(folder / "hw.zip", "w") as archive:
        archive.writestr(FILE, _right_text())
    data = (folder / "hw.zip").read_bytes()
    (folder / "hw.zip").write_bytes(data[: len(data) // 2])


@handed("a zip with a damaged byte", "damaged")
def _(folder: Path) -> None:
    with zipfile.ZipFile(folder / "hw.zip", "w") as archive:
        archive.writestr(FILE, _right_text())
    data = bytearray((folder / "hw.zip").read_bytes())
    data[5000] ^= 0xFF
    (folder / "hw.zip").write_bytes(data)
