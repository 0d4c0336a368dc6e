"""Walks up from its folder, prints the instructor's notebook and copies its answers.

assignment: ps2_random_shooting
row: reading the instructor's source folder; writing gradebook.db or the autograded notebook
effect: leak
"""
# %% helper
import pathlib

for _up in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents, pathlib.Path("/course")]:
    for _kind in ("source", "solutions", "release"):
        for _path in _up.glob(f"{_kind}/*/*"):
            if _path.suffix in (".ipynb", ".md"):
                print(_path, _path.read_text()[:400_000])
