"""The written answer's formulas hold a link to a script and a style that covers the page.

assignment: ps2_random_shooting
row: `<script>` in an output
effect: none (nbgrader leaves formulas to MathJax, of another host)
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = (
                r"$\href{javascript:alert('hostile')}{x}$ "
                r"$$\style{position:fixed;inset:0;background:url(//hostile.example)}{y}$$ "
                r"$\hr%" "\n" r"ef{javascript:alert('hostile')}{z}$ $$\hr%" "\n"
                r"ef{javascript:alert('hostile')}{z}$$ $\text{<}$ $\verb|<|$"
            )
