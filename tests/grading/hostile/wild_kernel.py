"""The notebook asks for another kernel, with a command of its own in its name.

assignment: ps2_random_shooting
row: symbolic links, `..`, a zip bomb, odd file names in a submission
effect: crash
"""
# %% tamper
def tamper(notebook):
    notebook.metadata["kernelspec"] = {
        "name": "../../../../tmp/evil; touch /var/tmp/touched-by-a-student",
        "display_name": "$(touch /var/tmp/touched-by-a-student)", "language": "bash",
    }
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": "/../../x"}
