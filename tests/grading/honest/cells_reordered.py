"""Helper cells stand elsewhere, and an answer was moved to the end.

assignment: ps2_random_shooting
"""
# %% helper after ps2-written
def late():
    return 1
# %% helper first
early = 1
# %% tamper
def tamper(notebook):
    cells = notebook.cells
    moved = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "ps2-refit"]
    notebook.cells = [c for c in cells if c not in moved] + moved
