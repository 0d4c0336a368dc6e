"""Test cells carry the tag that keeps demonstrations from being run.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: gain
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.metadata["tags"] = ["demo", "raises-exception", "skip-execution"]
