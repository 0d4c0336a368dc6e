"""Cells whose ids look like those of tests and answers: other scripts, other cases, invisible characters.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked
effect: none
"""
# %% tamper
def tamper(notebook):
    import copy
    extra = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if not marks.get("grade_id"):
            continue
        for change in (lambda s: s.replace("s", "\u0455"), str.upper, lambda s: s + "\u200b",
                       lambda s: s.replace("-", "\u2010"), lambda s: " " + s, lambda s: s + "\n"):
            twin = copy.deepcopy(cell)
            twin.metadata["nbgrader"]["grade_id"] = change(marks["grade_id"])
            twin.id = f"twin-{len(extra)}"
            if twin.cell_type == "code":
                twin.source = "import mbrl_lib.checks as checks\nchecks.answer = lambda *a, **k: None"
            extra.append(twin)
    notebook.cells = extra + notebook.cells + extra
