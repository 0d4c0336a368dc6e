"""Export the demos' models: `python tools/export_demos.py [NAME ...]`, by default all of them.

Writes `book/_demos/weights/NAME.js` and `tests/site/golden/NAME.json`, which are in git: no build
runs this. A demo's module in `tools/demos` says where its model comes from.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "book" / "_demos" / "weights"
GOLDEN = ROOT / "tests" / "site" / "golden"
LIMIT_MIB = 5.0  # of all weights together: what a reader downloads who starts every demo

sys.path.insert(0, str(ROOT))


def names() -> list[str]:
    """The demos that have a module here."""
    modules = sorted((ROOT / "tools" / "demos").glob("[a-z]*.py"))
    return [p.stem for p in modules if "def export(" in p.read_text(encoding="utf-8")]


def weights_mib() -> float:
    """The size of all weights files together, in MiB."""
    return sum(path.stat().st_size for path in WEIGHTS.glob("*.js")) / 2**20


def export(name: str) -> None:
    """Make one demo's weights and golden values, and write both."""
    from tools.demos import script

    started = time.monotonic()
    weights, golden = importlib.import_module(f"tools.demos.{name}").export()
    WEIGHTS.mkdir(parents=True, exist_ok=True)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    target = WEIGHTS / f"{name}.js"
    target.write_text(script(name, weights), encoding="utf-8")
    text = json.dumps(golden, allow_nan=False) + "\n"
    (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
    seconds, size = time.monotonic() - started, target.stat().st_size / 2**10
    print(f"{name}: {size:.0f} KiB of weights, in {seconds:.0f} s")


def main(arguments: list[str]) -> int:
    """0; 1 when the weights have grown too large; 2 for an unknown name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(names())}")
    chosen = parser.parse_args(arguments).name or names()
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"no such demo: {', '.join(unknown)}; there are {', '.join(names())}")
        return 2
    for name in chosen:
        export(name)
    total = weights_mib()
    print(f"all weights: {total:.2f} MiB of at most {LIMIT_MIB:.0f}")
    return int(total > LIMIT_MIB)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
