"""The ids of an easy and of a hard task are exchanged, answers and tests.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked as solution, ungraded or task
effect: crash
"""
# %% tamper
def tamper(notebook):
    swap = {"ps2-sample": "ps2-cem", "ps2-cem": "ps2-sample",
            "ps2-sample-tests": "ps2-rollout-tests", "ps2-rollout-tests": "ps2-sample-tests"}
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade_id") in swap:
            meta["grade_id"] = cell.id = swap[meta["grade_id"]]
