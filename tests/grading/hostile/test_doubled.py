"""Every test cell is there twice, the second time empty.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: crash
"""
# %% tamper
import copy

def tamper(notebook):
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            twin = copy.deepcopy(cell)
            twin.source, twin.id = "pass", cell.id + "x"
            cells.append(twin)
    notebook.cells = cells
