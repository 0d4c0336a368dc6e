"""Metadata of odd types: lists, numbers, nulls and names of other cells.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: crash
"""
# %% tamper
def tamper(notebook):
    odd = [[], 5, None, "ps2-cem", {"grade_id": ["ps2-cem"]}, {"grade_id": None, "grade": True}]
    for number, cell in enumerate(c for c in notebook.cells if "nbgrader" not in c.metadata):
        cell.metadata["nbgrader"] = odd[number % len(odd)]
