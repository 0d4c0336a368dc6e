"""Test cells are marked as tasks, for which points are given by hand.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: crash
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and cell.cell_type == "code":
            meta.update(grade=False, solution=False, task=True)
