"""The evidence: every number that the course claims, beside its target and its command.

`{evidence-table}` prints `results/evidence.json`; {evidence}`id` prints what a row measured and
links to the row. An id that no row has is a warning, and a warning fails the build.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

FILE = "results/evidence.json"
logger = logging.getLogger(__name__)


def rows(root: Path) -> list[dict[str, Any]]:
    """The rows of the evidence; none when the file is missing."""
    path = root / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def label(identifier: str) -> str:
    """The name by which a row is linked to."""
    return f"evidence-{nodes.make_id(identifier)}"


def measured(row: dict[str, Any]) -> str:
    """A row's number as it is read: at most four significant digits, and its unit."""
    value, unit = row["measured"], row.get("unit") or ""
    if unit == "yes":
        return "yes" if value else "no"
    if isinstance(value, float):
        value = f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"
    elif isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:,}"
    joint = "" if unit in ("", "×") else "\N{NO-BREAK SPACE}"
    return f"{value}{joint}{unit}"


class EvidenceTable(SphinxDirective):
    """All rows as a table; a plain sentence when there are none."""

    def run(self) -> list[nodes.Node]:
        """The summary and the table."""
        path = Path(self.env.srcdir) / FILE
        self.env.note_dependency(str(path))
        found = rows(Path(self.env.srcdir))
        if not found:
            return [nodes.paragraph("", "Nothing has been measured yet.")]
        short = sum(not row["holds"] for row in found)
        words = f"Claims: {len(found)}. Held: {len(found) - short}. Fallen short: {short}."
        self._register(found)
        return [nodes.paragraph("", words), _table(found)]

    def _register(self, found: list[dict[str, Any]]) -> None:
        domain = self.env.get_domain("std")
        for row in found:
            name = label(row["id"])
            domain.anonlabels[name] = (self.env.docname, name)
            domain.labels[name] = (self.env.docname, name, row["id"])


HEADINGS = ("Claim", "Target", "Measured", "Verdict", "How it was measured")
WIDTHS = (26, 11, 13, 12, 38)


def _table(found: list[dict[str, Any]]) -> nodes.table:
    group = nodes.tgroup("", cols=len(HEADINGS))
    group += [nodes.colspec("", colwidth=width) for width in WIDTHS]
    group += nodes.thead("", nodes.row("", *(_cell(_text(words)) for words in HEADINGS)))
    group += nodes.tbody("", *(_row(row) for row in found))
    title = nodes.title("", "Every claim, with its target and what was measured")
    return nodes.table("", title, group, classes=["mbrl-evidence"])


def _row(row: dict[str, Any]) -> nodes.row:
    verdict = nodes.paragraph("", "holds")
    if not row["holds"]:
        verdict = nodes.paragraph("", "", nodes.strong("", "falls short"))
    how = nodes.paragraph("", "", nodes.literal("", row["command"]))
    facts = [f"{name}: {_plain(row[name])}" for name in ("seeds", "machine", "versions")]
    facts = [fact for fact in (*facts, str(row["date"])) if not fact.endswith(": ")]
    claim = nodes.paragraph("", row["what"])
    name = nodes.paragraph("", "", nodes.literal("", row["id"]), classes=["mbrl-small"])
    made = nodes.row(
        "",
        _cell(claim, name),
        _cell(_text(_spoken(row["target"]))),
        _cell(_text(measured(row))),
        _cell(verdict),
        _cell(how, nodes.paragraph("", "; ".join(facts), classes=["mbrl-small"])),
        ids=[label(row["id"])],
    )
    if not row["holds"]:
        made["classes"].append("mbrl-shortfall")
    return made


def _spoken(target: str) -> str:
    """`>= 915` with the sign as it is printed, on one line."""
    return target.replace(">=", "≥").replace("<=", "≤").replace(" ", "\N{NO-BREAK SPACE}")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {entry}" for key, entry in value.items())
    if isinstance(value, list) and len(value) > 2 and value == [*range(value[0], value[-1] + 1)]:
        return f"{value[0]} to {value[-1]}"
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    return str(value)


def _text(words: str) -> nodes.paragraph:
    return nodes.paragraph("", words)


def _cell(*content: nodes.Node) -> nodes.entry:
    return nodes.entry("", *content)


class EvidenceRole(SphinxRole):
    """What a row measured, as a link to the row."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link, or the id itself with a warning when no row has it."""
        self.env.note_dependency(str(Path(self.env.srcdir) / FILE))
        row = next((r for r in rows(Path(self.env.srcdir)) if r["id"] == self.text), None)
        if row is None:
            logger.warning(
                "no row of %s has the id %r", FILE, self.text, location=self.get_location()
            )
            return [nodes.literal("", self.text)], []
        link = addnodes.pending_xref(
            "", nodes.inline("", measured(row)), refdomain="std", reftype="ref",
            refexplicit=True, refwarn=True, reftarget=label(self.text), refdoc=self.env.docname,
        )  # fmt: skip
        self.set_source_info(link)
        return [link], []


def always_renew(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """The page with the table, whose file may have come or gone since the last build."""
    return [name for name in ("book/evidence",) if name in env.found_docs]


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.add_directive("evidence-table", EvidenceTable)
    app.add_role("evidence", EvidenceRole())
    app.connect("env-get-outdated", always_renew)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
