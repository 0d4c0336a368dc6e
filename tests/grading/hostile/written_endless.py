"""A written answer of a million brackets, on which a Markdown renderer works for hours.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "![" * 260_000 + r"\begin{a}" * 50_000
