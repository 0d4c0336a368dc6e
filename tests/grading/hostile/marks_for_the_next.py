"""Leaves marks where file systems are shared: names, times, locks, terminals, limits, the clock.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import ctypes, fcntl, glob, os, resource, time
FOUND = []
for place in ("/", "/dev", "/dev/pts", "/dev/ptmx", "/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty", "/tmp", "/scratch", "/course", "/environment",
              "/usr", "/etc", "/proc", "/proc/1", "/dev/shm", "/dev/mqueue", "/sys", "/run", "/var"):
    try:
        seen = os.stat(place)
        if seen.st_mtime == 1_234_567.0 or (seen.st_mode & 0o7777) == 0o1731:
            FOUND.append(place)
    except OSError:
        continue
    for mark in (lambda: os.utime(place, (1_234_567, 1_234_567)), lambda: os.utime(place), lambda: os.chmod(place, 0o1731),
                 lambda: os.setxattr(place, "user.mark", b"1"), lambda: os.rename(place, place + "x"),
                 lambda: os.link("/dev/null", place + "/mark"), lambda: os.mkdir(place + "/mark")):
        try:
            mark()
            if not place.startswith(("/tmp", "/scratch", "/dev/shm")):
                print("could mark", place)
        except (OSError, NotImplementedError):
            pass
    if os.path.exists(place + "/mark") and not place.startswith(("/tmp", "/scratch", "/dev/shm")):
        FOUND.append(place)
TERMINALS = []
try:
    TERMINALS = [os.openpty() for _ in range(20)]
except OSError:
    pass
for setting in glob.glob("/proc/sys/**/*", recursive=True):
    try:
        with open(setting, "r+") as file:
            text = file.read()
            file.write(text)
        print("could write", setting)
    except (OSError, UnicodeDecodeError):
        pass
print("neighbour answers" if FOUND else "nothing", FOUND)
