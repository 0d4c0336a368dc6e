"""Other people's libraries, each in a virtual environment of its own under `_build/peers`.

`NAME.txt` pins a peer's packages; `python_of(NAME)` makes the environment on first use. Scripts
beside it are run by that environment's Python and print JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def python_of(name: str) -> Path:
    """The Python of a peer's environment, which is made when it is missing or out of date."""
    pins = HERE / f"{name}.txt"
    folder = ROOT / "_build" / "peers" / name
    python, seal = folder / "bin" / "python", folder / "pins.txt"
    if not seal.exists() or seal.read_text() != pins.read_text():
        print(f"making the environment of {name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", pins]
        subprocess.run(install, check=True)
        seal.write_text(pins.read_text())
    return python


def run(name: str, script: str, *arguments: str) -> Any:
    """What `benchmarks/peers/SCRIPT` prints as JSON in the peer's environment."""
    command = [python_of(name), HERE / script, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
