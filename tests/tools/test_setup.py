"""Set-up on machines that are not as they should be: one clear line each, never a traceback."""

import shutil
import subprocess
import sys

import pytest

from grading.assignments import ROOT


@pytest.fixture
def run(tmp_path):
    """Run setup_env.py of a bare copy of the project, after some lines of Python."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup_env.py", tmp_path / "tools")
    (tmp_path / "requirements.txt").write_text("no-such-package-at-all==1.0\n")
    (tmp_path / "pyproject.toml").write_text("")

    def run_script(before=""):
        script = tmp_path / "tools" / "setup_env.py"
        code = f"import runpy, sys\n{before}\nrunpy.run_path({str(script)!r}, run_name='__main__')"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    return run_script


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("sys.version_info = (3, 9, 2, 'final', 0)", "Python 3.11 is needed, this is 3.9.2"),
        ("sys.modules['ensurepip'] = None", "apt install python3.11-venv"),
        (
            "import shutil; shutil.disk_usage = lambda p: type('U', (), {'free': 1e9})",
            "6 GB of free disk are needed for the packages, there are 1.0 GB",
        ),
        ("import os; os.makedirs = None\nimport hashlib; hashlib.sha256 = open", "setup: "),
    ],
)
def test_what_is_missing_is_said_in_one_line(run, before, words):
    done = run(before)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_failing_pip_is_said_in_one_line_and_tried_again(run, tmp_path):
    done = run()
    assert done.returncode == 1
    assert done.stderr.startswith("setup: pip could not install requirements.txt: ERROR")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / ".venv" / "requirements.sha256").exists(), "not taken for done"


def test_make_names_a_python_that_is_not_there():
    done = subprocess.run(
        ["make", "-C", ROOT, "PYTHON=/no/python", "setup"], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "Python 3.11 is needed, and there is no /no/python" in done.stderr


def test_nothing_is_done_twice():
    """In the environment that runs this test, when make has set it up."""
    if not (ROOT / ".venv" / "requirements.sha256").exists():
        pytest.skip("this environment was not made by make setup")
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "setup_env.py"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
