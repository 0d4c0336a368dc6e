"""Test cells say that they are worth 1,000 points, and carry a score.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: none (put back)
"""
# %% tamper
def tamper(notebook):
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade"):
            meta.update(points=1000, score=1000, auto_score=1000, manual_score=1000, extra_credit=50)
    notebook.metadata["nbgrader"] = {"score": 1000, "max_score": 1000}
