"""Climbs out of its folder with .. and leaves a file at every step.

assignment: ps2_random_shooting
row: symbolic links, `..`, a zip bomb, odd file names in a submission
effect: touch
"""
# %% helper
import os

for _depth in range(1, 8):
    try:
        with open("../" * _depth + "touched-by-a-student", "w") as _file:
            _file.write("x")
    except OSError:
        pass
for _folder in ("/var/tmp", "/tmp", os.path.expanduser("~")):
    try:
        open(os.path.join(_folder, "touched-by-a-student"), "w").close()
    except OSError:
        pass
