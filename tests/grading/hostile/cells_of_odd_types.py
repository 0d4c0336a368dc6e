"""Cells, sources, ids, attachments and metadata of types that a notebook does not have.

assignment: ps2_random_shooting
row: test cell deleted, duplicated, re-marked
effect: none
"""
# %% tamper
def tamper(notebook):
    deep = []
    for _ in range(200):
        deep = [deep]
    odd = [
        {"cell_type": ["code"], "source": "x", "metadata": {}},
        {"cell_type": "code", "source": ["1/0", 5], "metadata": []},
        {"cell_type": "code", "source": {"a": 1}, "metadata": {"nbgrader": 5, "tags": {"demo": 1}}},
        {"cell_type": "code", "source": "%%html\n<script>alert('hostile')</script>", "metadata":
            {"nbgrader": {"grade_id": ["ps2-sample"], "points": 1e999, "solution": "yes", "grade": 1}}},
        {"cell_type": "markdown", "source": "![x](attachment:a.png)", "metadata": {"deep": deep},
         "attachments": {"a.png\" onerror=\"alert('hostile')": {"image/png": "AA=="}, "a.png": {"image/svg+xml":
             "<svg onload=alert('hostile')>", "image/png": "AA==<script>"}}},
        {"cell_type": "raw", "source": "<script>alert('hostile')</script>", "metadata": {"format": "text/html"}},
        {"cell_type": "heading", "level": 10**30, "source": "x", "metadata": {}}, None, 5, "cell", [[]],
    ]
    import nbformat
    notebook.cells = [nbformat.from_dict(cell) for cell in odd] + notebook.cells
