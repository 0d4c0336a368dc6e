"""A cell of a million empty lines raises: whoever searches it for the missing definition is lost.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("ps2-sample", "ps2-returns"):
            cell.source = "1 / 0" + "\n" * 1_000_000
# %% honest ps2-sample
1 / 0
# %% honest ps2-returns
1 / 0
