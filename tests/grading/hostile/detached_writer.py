"""A detached child waits for the grader to be done and then changes what it finds.

assignment: ps2_random_shooting
row: beyond
effect: outlive
"""
# %% helper
import subprocess

subprocess.Popen(
    ["outlives-its-grading", "-c", "sleep 600; touch /var/tmp/touched-by-a-student"],
    executable="/bin/sh", start_new_session=True,
)
