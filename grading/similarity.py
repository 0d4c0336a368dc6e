"""Answers that resemble each other or the reference: a page for the instructor, never a mark.

`python -m grading.similarity ps2_random_shooting` writes `similarity_NAME.html` beside the
gradebook. Names of variables, comments and spacing do not count (copydetect's tokens and its
winnowing); neither does anything that was handed out. Short tasks have few right answers: a high
share is a reason to read both, not a finding.
"""

from __future__ import annotations

import html
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from copydetect import CodeFingerprint
from nbformat import NotebookNode
from scipy.sparse import csr_matrix

from grading import assignments
from grading.grade import clean
from grading.skeleton import rebuild

TOKENS, WINDOW = 25, 4  # characters of a fingerprint, and how far apart two may be
SHOWN = 30
REFERENCE = "the reference"


@dataclass(frozen=True)
class Pair:
    """Two who wrote alike: the share of the shorter's fingerprints that the other has too."""

    first: str
    second: str
    share: float
    common: int


def similar(answers: dict[str, str], handed_out: str, shown: int = SHOWN) -> list[Pair]:
    """The pairs that share most, of all answers given (owner -> code), most alike first."""
    boilerplate = list(_fingerprints(handed_out))
    owners = sorted(answers)
    prints = [_fingerprints(answers[owner], boilerplate) for owner in owners]
    number = {value: i for i, value in enumerate(sorted(set().union(*prints)))}
    if not number:
        return []
    rows = np.repeat(np.arange(len(owners)), [len(p) for p in prints])
    columns = [number[value] for p in prints for value in p]
    shape = (len(owners), len(number))
    table = csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=shape)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    pairs = []
    for i in range(len(owners)):  # one row at a time, so that a large class fits in memory
        common = (table[i] @ table.T).toarray().ravel()
        smaller = np.minimum(sizes[i], sizes)
        share = np.divide(common, smaller, out=np.zeros(len(owners)), where=smaller > 0)
        share[: i + 1] = 0
        for j in np.argsort(-share, kind="stable")[:shown]:
            if share[j] > 0:
                pairs.append(Pair(owners[i], owners[j], float(share[j]), int(common[j])))
    return sorted(pairs, key=lambda p: (-p.share, -p.common, p.first, p.second))


def _fingerprints(code: str, boilerplate: list[int] | None = None) -> set[int]:
    if len(code.strip()) < TOKENS:
        return set()
    made = CodeFingerprint(
        "answer.py", TOKENS, WINDOW, boilerplate or [], language="python", fp=io.StringIO(code)
    )
    return {int(value) for value in made.hashes}


def answers_of(notebook: NotebookNode) -> dict[str, str]:
    """The code of a notebook's answer cells, by id."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


def write_page(name: str, desk: Path) -> Path:
    """Compare all submissions of an assignment and the reference; returns the page's path."""
    released = nbformat.read(assignments.RELEASED / name / f"{name}.ipynb", as_version=4)
    handed_out = "\n".join(answers_of(released).values())
    answers = {REFERENCE: answers_of(assignments.read(name))}
    for path in sorted((desk / "submitted").glob(f"*/{name}/{name}.ipynb")):
        try:
            submitted = nbformat.read(path, as_version=4)
            answers[path.parent.parent.name] = answers_of(rebuild(name, submitted).notebook)
        except Exception as error:  # what cannot be read is named by the grading itself
            print(f"similarity: {path} was left out: {error!r:.200}", file=sys.stderr)
    pairs = similar({o: "\n".join(a.values()) for o, a in answers.items()}, handed_out)
    among = [p for p in pairs if REFERENCE not in (p.first, p.second)][:SHOWN]
    with_reference = [p for p in pairs if REFERENCE in (p.first, p.second)][:SHOWN]
    path = desk / f"similarity_{name}.html"
    path.write_text(_page(name, among, with_reference, answers), encoding="utf-8")
    return path


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{width:100%;table-layout:fixed;border-collapse:collapse}td,th{vertical-align:top;
padding:.3rem;text-align:left}pre{overflow:auto;font-size:13px;background:#f4f4f4;color:#111;
padding:.5rem;margin:0}summary{cursor:pointer;padding:.25rem 0}"""


def _page(
    name: str, among: list[Pair], reference: list[Pair], answers: dict[str, dict[str, str]]
) -> str:
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f"<title>Similar answers: {html.escape(name)}</title><style>{_STYLE}</style>"
        f"<h1>Similar answers: {html.escape(name)}</h1>"
        "<p>For the instructor; nothing here is a mark. The share is that of the shorter one's "
        "code, without what was handed out and whatever its names are, that the other has too. "
        "Short tasks have few right answers: read both before you think anything of it.</p>"
    ]
    for title, pairs in (("Two submissions", among), ("A submission and the reference", reference)):
        parts.append(f"<h2>{title}</h2>")
        parts += [_details(pair, answers) for pair in pairs] or ["<p>None.</p>"]
    return "\n".join([*parts, "</html>\n"])


def _details(pair: Pair, answers: dict[str, dict[str, str]]) -> str:
    first, second = answers[pair.first], answers[pair.second]
    pairs = [(code, second.get(i, "")) for i, code in first.items()]
    rows = "".join(
        f"<tr><td><pre>{_shown(a)}</pre></td><td><pre>{_shown(b)}</pre></td></tr>" for a, b in pairs
    )
    names = f"{_shown(pair.first)}</th><th>{_shown(pair.second)}"
    return (
        f"<details><summary>{pair.share:.0%}: {_shown(pair.first)} and {_shown(pair.second)}"
        f"</summary><table><tr><th>{names}</th></tr>{rows}</table></details>"
    )


def _shown(text: str) -> str:
    return html.escape(clean(text)[:20_000])


if __name__ == "__main__":
    from grading.nbgrader_steps import desk

    if len(sys.argv) != 2 or sys.argv[1] not in assignments.names():
        sys.exit(f"say which assignment: {', '.join(assignments.names())}")
    print(write_page(sys.argv[1], desk()))
