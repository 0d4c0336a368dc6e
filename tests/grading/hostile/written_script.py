"""The written answer holds a script.

assignment: ps2_random_shooting
row: `<script>` in an output
effect: script
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "My answer.<script>alert('hostile')</script><img src=x onerror=\"alert('hostile')\">"
