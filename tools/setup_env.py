"""Make `.venv` with the pinned requirements, or say in one line why that cannot be.

Run by every `make` target, with whatever Python there is; so it is written for old ones too. Does
nothing when `.venv` already matches. With `--newest` it takes the newest versions that
pyproject.toml allows instead of the pins, to learn early what will break.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
MARK = os.path.join(VENV, "requirements.sha256")
NEEDED_GB = 6.0
NEWEST = "--newest" in sys.argv[1:]


def main():
    """Check the machine, make the environment, install."""
    if sys.version_info[:2] != (3, 11):
        version = ".".join(str(part) for part in sys.version_info[:3])
        stop(
            "Python 3.11 is needed, this is %s (%s). Try: make PYTHON=python3.11"
            % (version, sys.executable)
        )
    if installed() == wanted():
        return
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            stop("Python's module %r is missing. On Debian: apt install python3.11-venv" % module)
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        stop(
            "%.0f GB of free disk are needed for the packages, there are %.1f GB"
            % (NEEDED_GB, free)
        )
    python = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
    if not os.path.exists(python):
        print("making .venv", flush=True)
        run([sys.executable, "-m", "venv", VENV], "the virtual environment could not be made")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if NEWEST:
        print("installing the newest versions into .venv", flush=True)
        run(
            pip + ["--upgrade", "--editable", ROOT + "[book,grading,test,vizdoom,cluster]"],
            "pip could not install the newest versions",
        )
    else:
        print("installing requirements.txt into .venv (about two minutes)", flush=True)
        run(
            pip + ["-r", os.path.join(ROOT, "requirements.txt")],
            "pip could not install requirements.txt",
        )
        run(pip + ["--no-deps", "--editable", ROOT], "pip could not install mbrl_lib")
    with open(MARK, "w") as file:
        file.write(wanted())


def wanted():
    """A fingerprint of what should be installed, and of the Python that runs it."""
    digest = hashlib.sha256((sys.version + str(NEWEST)).encode())
    for name in ("requirements.txt", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def installed():
    """The fingerprint of what is installed, or an empty string."""
    try:
        with open(MARK) as file:
            return file.read()
    except OSError:
        return ""


def run(command, failure):
    """Run a command; on failure show the last lines that it said and stop."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.communicate()[0].decode("utf-8", "replace")
    if process.returncode:
        lines = [line for line in said.splitlines() if "ERROR" in line or "rror:" in line]
        detail = lines[-1].strip() if lines else said.strip()[-300:]
        stop("%s: %s" % (failure, detail))


def stop(message):
    """One clear line, no traceback."""
    sys.stderr.write("setup: %s\n" % message)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("interrupted; run the same command again to go on")
