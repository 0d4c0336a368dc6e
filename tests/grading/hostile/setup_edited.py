"""The locked setup cell is rewritten to import the reference first.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: none (put back)
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "ps2-setup":
            cell.source = "import mbrl_lib.planning.rollout as kept\n" + cell.source
            cell.metadata["nbgrader"]["locked"] = False
