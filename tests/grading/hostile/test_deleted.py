"""The cell that tests the wrong answer is gone.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: gain or crash
"""
# %% tamper
def tamper(notebook):
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade") or c.cell_type != "code"]
