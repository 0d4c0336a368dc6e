"""The written answer holds links and frames that run scripts.

assignment: ps2_random_shooting
row: `<script>` in an output
effect: script
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = (
                "[here](javascript:alert('hostile')) <iframe src=javascript:alert('hostile')>"
                "</iframe> <svg onload=alert('hostile')> `a` $x<script>alert('hostile')</script>$\n\n"
                "```\ncode\n```\n<scr<script>ipt>alert('hostile')</script>"
            )
