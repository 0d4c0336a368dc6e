"""The hand-graded cell says that it is no solution, so nobody looks at it.

assignment: ps2_random_shooting
row: `solution: false` written into a hand-graded cell's metadata
effect: gain
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and meta.get("grade"):
            meta["solution"] = False
            cell.cell_type = "code"
            cell.outputs, cell.execution_count = [], None
            cell.source = "pass"
            meta["cell_type"] = "code"
