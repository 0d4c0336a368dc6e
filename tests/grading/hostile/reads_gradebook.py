"""Prints the tests out of gradebook.db.

assignment: ps2_random_shooting
row: reading the instructor's source folder; writing gradebook.db or the autograded notebook
effect: leak
"""
# %% helper
import pathlib
import sqlite3

for _up in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]:
    for _path in [*_up.glob("*.db"), *_up.glob("gradebook/*.db")]:
        with sqlite3.connect(_path) as _db:
            print(_db.execute("select source from source_cell").fetchall())
