"""A helper cell takes the id of a test and another the id of a locked cell.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: crash
"""
# %% tamper
import nbformat

def tamper(notebook):
    for grade_id in ("ps2-cem-tests", "ps2-setup", "ps2-lq", "ps2-rollout-tests"):
        cell = nbformat.v4.new_code_cell("checks.Result._fail = lambda *a, **k: None", id=grade_id)
        cell.metadata["nbgrader"] = {"grade_id": grade_id, "grade": False, "solution": True,
                                     "locked": False, "schema_version": 3, "task": False}
        notebook.cells.insert(0, cell)
