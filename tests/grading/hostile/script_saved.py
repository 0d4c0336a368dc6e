"""The notebook comes with outputs that hold scripts.

assignment: ps2_random_shooting
row: `<script>` in an output
effect: script
"""
# %% tamper
import nbformat

def tamper(notebook):
    evil = "<script>alert('hostile')</script>"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                nbformat.v4.new_output("display_data", data={"text/html": evil, "text/plain": evil}),
                nbformat.v4.new_output("stream", name="stdout", text=evil),
            ]
# %% helper
from IPython.display import HTML, display

display(HTML("<script>alert('hostile')</script>"))
