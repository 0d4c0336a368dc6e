"""All demonstration cells and all prose are deleted.

assignment: ps2_random_shooting
"""
# %% tamper
def tamper(notebook):
    notebook.cells = [c for c in notebook.cells if "nbgrader" in c.metadata]
