"""Tries the doors of the kernel: mount, ptrace, new namespaces, setuid.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_done = [
    _libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), _libc.unshare(0x10000000), _libc.unshare(0x00020000),
    _libc.setns(0, 0), _libc.ptrace(16, 1, None, None) if os.getpid() != 1 else -1, _libc.pivot_root(b"/", b"/") if hasattr(_libc, "pivot_root") else -1,
]
print(_done)
for _path in ("/proc/sys/kernel/core_pattern", "/sys/kernel/uevent_helper", "/proc/sysrq-trigger", "/proc/1/oom_score_adj"):
    try:
        open(_path, "a").close()
    except OSError as _error:
        pass
if _done[1] == 0 and os.getuid() != 0 or _done[0] == 0:
    raise SystemError("neighbour: a door is open")
