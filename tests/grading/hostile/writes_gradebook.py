"""Raises the maximum of every task, in gradebook.db itself, and leaves a mark.

assignment: ps2_random_shooting
row: reading the instructor's source folder; writing gradebook.db or the autograded notebook
effect: touch
"""
# %% helper
import pathlib
import sqlite3

for _up in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]:
    for _path in [*_up.glob("*.db"), *_up.glob("gradebook/*.db")]:
        with sqlite3.connect(_path) as _db:
            _db.execute("create table touched_by_a_student (x)")
        (_path.parent / "touched-by-a-student").write_text("x")
