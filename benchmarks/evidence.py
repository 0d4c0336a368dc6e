"""`results/evidence.json`: every number the course claims for itself, with the command behind it.

Rows are written by the benches only. A row: id, what, target (like ">= 915"), measured, unit,
holds, command, seeds, machine, versions, date.
"""

from __future__ import annotations

import fcntl
import json
import operator
import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "results" / "evidence.json"
FIELDS = (
    "id", "what", "target", "measured", "unit", "holds", "command", "seeds", "machine",
    "versions", "date",
)  # fmt: skip
_COMPARE = {
    ">=": operator.ge, "<=": operator.le, "=": operator.eq, "<": operator.lt, ">": operator.gt,
}  # fmt: skip


def holds(target: str, measured: float) -> bool:
    """Whether `measured` meets a target like ">= 915". Raises `ValueError` for another form."""
    sign, _, number = target.partition(" ")
    if sign not in _COMPARE:
        raise ValueError(f"a target reads like '>= 915'; got {target!r}")
    return bool(_COMPARE[sign](measured, float(number)))


def record(
    id: str,
    what: str,
    target: str,
    measured: float,
    unit: str,
    command: str,
    seeds: Sequence[int] = (),
    packages: Sequence[str] = ("torch", "numpy", "gymnasium"),
    provided: bool = True,
) -> dict[str, Any]:
    """Write one row, in place of an older one with its id; returns it.

    `provided` is what must hold beside the target, such as an interval's end; `what` says it.
    """
    row = {
        "id": id,
        "what": what,
        "target": target,
        "measured": measured,
        "unit": unit,
        "holds": holds(target, measured) and provided,
        "command": command,
        "seeds": list(seeds),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "date": datetime.now(UTC).date().isoformat(),
    }
    PATH.parent.mkdir(exist_ok=True)
    with (Path(tempfile.gettempdir()) / "mbrl-evidence.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two benches at once lose no row
        rows = {r["id"]: r for r in read()} | {id: row}
        _write(json.dumps([rows[key] for key in sorted(rows)], indent=1, ensure_ascii=False))
    print(
        f"{id}: {measured} {unit} (target {target}: {'holds' if row['holds'] else 'FALLS SHORT'})"
    )
    return row


def _write(text: str) -> None:
    """The file whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=PATH.parent, delete=False, encoding="utf-8") as file:
        file.write(text + "\n")
    Path(file.name).chmod(0o644)
    os.replace(file.name, PATH)


def read() -> list[dict[str, Any]]:
    """All rows, by id; none when there is no file yet."""
    return json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else []
