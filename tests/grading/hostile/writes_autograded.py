"""Writes over the notebooks of the course from inside its own grading.

assignment: ps2_random_shooting
row: reading the instructor's source folder; writing gradebook.db or the autograded notebook
effect: touch
"""
# %% helper
import pathlib

for _up in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]:
    for _folder in ("autograded", "submitted", "feedback", "gradebook", "results"):
        if (_up / _folder).is_dir():
            try:
                (_up / _folder / "touched-by-a-student").write_text("x")
            except OSError:
                pass
