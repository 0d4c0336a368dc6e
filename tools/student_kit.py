"""Build the one archive that students receive, and try it as they would.

    python tools/student_kit.py          dist/mbrl-student-kit.zip
    python tools/student_kit.py --try    also: unpack it in an empty folder, install its wheel into
                                         a fresh environment, and run each notebook there

The kit holds the released notebooks, a wheel of mbrl_lib and a set-up page: no solutions, no
hidden tests, no proof files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = ROOT / "dist" / "mbrl-student-kit.zip"
FOLDER = "mbrl-course"


def main(arguments: list[str]) -> int:
    """Build, and try if asked to; 0 when all went well."""
    if arguments not in ([], ["--try"]):
        print("usage: python tools/student_kit.py [--try]", file=sys.stderr)
        return 2
    try:
        build(ARCHIVE)
        print(f"student kit  {ARCHIVE} ({ARCHIVE.stat().st_size / 1e3:.0f} kB)")
        if arguments:
            try_out(ARCHIVE)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "").strip()[-2000:]
        print(f"student kit: {error.cmd[-1]} failed:\n{said}", file=sys.stderr)
        return 1
    return 0


def build(archive: Path) -> Path:
    """Write the archive; its entries carry no dates, so the same kit is the same file."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(Path(folder))
        files = {
            "README.md": ROOT / "tools" / "student_setup.md",
            wheel.name: wheel,
            **{path.name: path for path in sorted((ROOT / "assignments").glob("*/*.ipynb"))},
        }
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as kit:
            for name, path in files.items():
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", date_time=(2026, 1, 1, 0, 0, 0))
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                kit.writestr(entry, path.read_bytes())
    return archive


def build_wheel(destination: Path) -> Path:
    """A wheel of `mbrl_lib` with trained weights in it, built from a copy of the project."""
    import shutil

    source = destination / "source"
    source.mkdir()
    shutil.copy(ROOT / "pyproject.toml", source)
    shutil.copytree(ROOT / "mbrl_lib", source / "mbrl_lib", ignore=lambda *_: {"__pycache__"})
    weights = source / "mbrl_lib" / "weights"
    weights.mkdir()
    for path in sorted((ROOT / "results" / "world_models").glob("*.safetensors")):
        shutil.copy(path, weights)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _run([*command, "--wheel-dir", destination, source])
    return next(destination.glob("*.whl"))


def try_out(archive: Path) -> None:
    """What the set-up page says, in an empty folder, then every notebook from top to bottom."""
    with tempfile.TemporaryDirectory() as empty:
        with zipfile.ZipFile(archive) as kit:
            kit.extractall(empty)
        folder = Path(empty) / FOLDER
        print("installing the kit's wheel into a fresh environment", flush=True)
        _run([sys.executable, "-m", "venv", folder / ".venv"])
        scripts = folder / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
        wheel = next(folder.glob("*.whl"))
        _run([scripts / "python", "-m", "pip", "install", "--quiet", wheel])
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        print(f"installed: {size / 1e9:.1f} GB")
        for notebook in sorted(folder.glob("*.ipynb")):
            print(f"running {notebook.name}", flush=True)
            command = [scripts / "jupyter", "nbconvert", "--to", "notebook", "--execute"]
            _run([*command, "--allow-errors", "--inplace", notebook])
            done = subprocess.run(
                [scripts / "python", "-m", "mbrl_lib.checks", notebook],
                capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode != 1 or "not attempted" not in done.stdout:
                raise subprocess.CalledProcessError(1, [notebook.name], done.stdout, done.stderr)
            print(done.stdout)


def _run(command: list[object]) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
