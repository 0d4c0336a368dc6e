"""The archive that students receive."""

import subprocess
import sys
import zipfile

import pytest

from grading import assignments
from tools import student_kit


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return student_kit.build(tmp_path_factory.mktemp("kit") / "kit.zip")


def test_kit_holds_notebooks_a_wheel_and_a_page_and_nothing_else(kit):
    with zipfile.ZipFile(kit) as archive:
        names = {name.removeprefix("mbrl-course/") for name in archive.namelist()}
    wheels = {name for name in names if name.endswith(".whl")}
    assert len(wheels) == 1
    assert names - wheels == {"README.md", *(f"{n}.ipynb" for n in assignments.names())}


def test_kit_leaks_nothing(kit, tmp_path):
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(tmp_path)
    wheel = next(tmp_path.rglob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
        archive.extractall(tmp_path / "wheel")
    assert all(name.startswith(("mbrl_lib/", "mbrl_course-")) for name in inside)
    for path in tmp_path.rglob("*"):
        if path.suffix in (".ipynb", ".py", ".md"):
            text = path.read_text(encoding="utf-8")
            assert "HIDDEN TESTS" not in text, path
            assert "BEGIN SOLUTION" not in text, path


def test_kit_runs_where_there_is_no_project(kit, tmp_path):
    """Each notebook's checks, with the kit's own wheel: nothing attempted, nothing broken."""
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(tmp_path)
    folder, site = tmp_path / "mbrl-course", tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site]
    subprocess.run([*install, next(folder.glob("*.whl"))], check=True, capture_output=True)
    for notebook in sorted(folder.glob("*.ipynb")):
        done = subprocess.run(
            [sys.executable, "-m", "mbrl_lib.checks", notebook.name],
            cwd=folder, env={"PYTHONPATH": str(site), "PATH": "", "HOME": str(tmp_path)},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        assert "not attempted" in done.stdout
        assert "│ incorrect" not in done.stdout
