"""The notebook was run before it was handed in: outputs, counts, widget state.

assignment: ps2_random_shooting
"""
# %% tamper
import nbformat

def tamper(notebook):
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text="a warning\n"),
                            nbformat.v4.new_output("error", ename="E", evalue="old", traceback=["old"])]
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    notebook.metadata["kernelspec"] = {"name": "my-env", "display_name": "My env", "language": "python"}
