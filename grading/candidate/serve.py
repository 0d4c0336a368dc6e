"""Inside the sandbox: a zygote that has torch loaded, and the candidates forked from it.

The zygote never runs a student's code and holds no secret: its library lacks the modules that the
assignment asks for. For each submission it forks a supervisor, which enters namespaces of its own
and forks the candidate as the first process in them. When the supervisor's leash is let go, or the
candidate ends, the whole process tree of the candidate is gone with it.

Run as `python -m grading.candidate.serve FD`; FD is the file descriptor of the control socket.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import ctypes
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from typing import Any

SCRATCH = "/scratch"
FILES = 20_000  # in each of its file systems: an empty file takes the kernel's memory too
DEVICES = ("pts", "null", "zero", "full", "random", "urandom", "tty")
WATCHED = 64  # how many arrays from callbacks are watched for changes in place

_NEWNS, _NEWUTS, _NEWIPC = 0x00020000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_NOSUID_NODEV = 0x2 | 0x4
_RDONLY, _REMOUNT, _BIND, _RELATIME = 0x1, 0x20, 0x1000, 1 << 21

# architecture, socket(), and: add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd,
# io_uring's three, unshare, setns, mount, umount2, pivot_root, kexec_load
_FORBIDDEN = {
    "x86_64": (0xC000003E, 41, (248, 249, 250, 321, 298, 323, 425, 426, 427, 272, 308, 165, 166,
                                155, 246)),
    "aarch64": (0xC00000B7, 198, (217, 218, 219, 280, 241, 282, 425, 426, 427, 97, 268, 40, 39,
                                  41, 104)),
}  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


def main(descriptor: int) -> None:
    """Load what every notebook needs, then fork a candidate on each request."""
    control = socket.socket(fileno=descriptor)
    shell = _preload()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors need no wait
    control.sendall(b"ready")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 4096, 2)
        if not message:
            return
        session, leash = descriptors
        if os.fork() == 0:
            control.close()
            _supervise(session, leash, json.loads(message), shell)
        os.close(session)
        os.close(leash)


def _preload() -> Any:
    """Everything slow, once; torch must not have started a thread when it is forked."""
    os.environ["MPLBACKEND"] = "agg"
    import gymnasium  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import numpy  # noqa: F401
    import torch
    import torch._dynamo
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import mbrl_lib.checks.answers
    import mbrl_lib.envs.cartpole
    import mbrl_lib.envs.pendulum
    import mbrl_lib.plotting  # noqa: F401

    torch.set_num_threads(1)
    settings = Config()
    settings.HistoryManager.enabled = False
    return InteractiveShell.instance(config=settings, user_ns={"__name__": "__main__"})


def _supervise(session: int, leash: int, limits: dict[str, int], shell: Any) -> None:
    """Enter namespaces, start the candidate, and kill all of it when the leash is let go."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    uid, gid = os.getuid(), os.getgid()
    flags = _NEWUSER | _NEWNS | _NEWPID | _NEWIPC | _NEWNET | _NEWUTS
    _call(_libc.unshare, flags)
    for name, text in (
        ("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1"),
    ):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    candidate = os.fork()
    if candidate == 0:
        os.close(leash)
        try:
            _confine(limits)
            Session(socket.socket(fileno=session), shell).serve()
        except BaseException as error:  # to the zygote's log, or nowhere once confined
            print(f"candidate: {error!r}", file=sys.stderr, flush=True)
        os._exit(0)
    os.close(session)
    watch = os.pidfd_open(candidate)
    select.select([leash, watch], [], [])
    with contextlib.suppress(ProcessLookupError):
        os.kill(candidate, signal.SIGKILL)  # the first process: the kernel kills the others
    os.waitpid(candidate, 0)
    os._exit(0)


def _confine(limits: dict[str, int]) -> None:
    """Own scratch space, own /proc, limits, and no capability left."""
    os.setsid()
    _mount(b"proc", b"/proc", b"proc", b"")
    for path, size in ((SCRATCH, limits["scratch"]), ("/tmp", 1 << 20), ("/dev/shm", 1 << 24)):
        _mount(
            b"tmpfs", path.encode(), b"tmpfs", f"size={size},nr_inodes={FILES},mode=0700".encode()
        )
    for name in DEVICES:  # usable still; else a time of change could be left there for the next
        _make_readonly(f"/dev/{name}")
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    for which, value in (
        (resource.RLIMIT_CPU, limits["cpu"]), (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["scratch"]), (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_NPROC, limits["processes"]), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(which, (value, value))
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    _drop_capabilities()
    _forbid_calls()
    os.chdir(SCRATCH)
    os.environ.clear()
    os.environ.update(
        HOME=SCRATCH, TMPDIR=SCRATCH, MPLBACKEND="agg", PATH="/usr/bin", LANG="C.UTF-8"
    )


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    _call(_libc.capset, header, (ctypes.c_uint32 * 6)())


def _forbid_calls() -> None:
    """A filter on system calls, for what namespaces do not keep apart.

    Names of keys are seen across them, sockets to the machine's host cross them, and the rest is
    of no use to a notebook and of much to an attack on the kernel.
    """
    machine = os.uname().machine
    if machine not in _FORBIDDEN:
        return
    architecture, socket_call, numbers = _FORBIDDEN[machine]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 1  # EPERM
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (answer, 0, 0, refuse),
        (load, 0, 0, 0),
    ]
    program += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, refuse)]  # x32's numbers
    for number in numbers:
        program += [(equal, 0, 1, number), (answer, 0, 0, refuse)]
    program += [(equal, 1, 0, socket_call), (answer, 0, 0, allow), (load, 0, 0, 16)]
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
        program += [(equal, 0, 1, family), (answer, 0, 0, allow)]
    program += [(answer, 0, 0, refuse)]
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    body = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HxxxxxxP", len(program), ctypes.addressof(body))
    no_new_privileges, seccomp, by_filter = 38, 22, 2
    _call(_libc.prctl, no_new_privileges, 1, 0, 0, 0)
    _call(_libc.prctl, seccomp, by_filter, ctypes.create_string_buffer(header, len(header)))


def _mount(source: bytes, target: bytes, kind: bytes, options: bytes) -> None:
    _call(_libc.mount, source, target, kind, _NOSUID_NODEV, options)


def _make_readonly(path: str) -> None:
    """Refuse changes to what is mounted there; its other flags must be given once more."""
    found = os.statvfs(path).f_flag
    kept = found & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME)
    kept |= _RELATIME if found & os.ST_RELATIME else 0
    _call(_libc.mount, None, path.encode(), None, _REMOUNT | _BIND | _RDONLY | kept, None)


def _call(function: Any, *arguments: Any) -> None:
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")


class Session:
    """One student's namespace, answering the examiner's requests in turn.

    Requests are tuples: `("run", source)`, `("look", name)`, `("attribute", handle, name)`,
    `("call", handle, arguments, named)`; replies `("ok", value)` or `("error", names, message)`.
    During a call the candidate may send `("callback", number, arguments, named)` and gets a reply.
    """

    def __init__(self, connection: socket.socket, shell: Any) -> None:
        self.connection, self.shell, self.process = connection, shell, os.getpid()
        self.objects: list[Any] = []
        self.received = 0  # arrays that callbacks have returned
        self.watched: list[tuple[int, Any, Any]] = []  # the last of them: number, array, copy

    def serve(self) -> None:
        """Answer until the examiner leaves."""
        from grading.candidate import wire

        while True:
            try:
                request = wire.receive(self.connection)
            except EOFError:
                return
            answer = self.answer(request)
            if os.getpid() != self.process:
                os._exit(0)  # a fork of the student's: one process answers
            self.reply(answer)

    def reply(self, message: tuple[Any, ...]) -> None:
        """Send a reply; what may not cross becomes an error of its own."""
        from grading.candidate import wire
        from grading.codec import CodecError

        try:
            wire.send(self.connection, message, self.handle)
        except CodecError as error:
            wire.send(self.connection, ("error", ["TypeError"], f"what it returned: {error}"))

    def answer(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        """What to reply to one request."""
        kind, *parts = request
        try:
            return ("ok", getattr(self, f"on_{kind}")(*parts))
        except BaseException as error:
            return ("error", _names(error), _message(error))

    def on_run(self, source: str) -> dict[str, Any]:
        """Run a cell as a notebook would; what it showed and what it raised."""
        from IPython.utils.capture import capture_output

        with capture_output() as shown:
            result = self.shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
        return {
            "text": shown.stdout[:100_000] + shown.stderr[:100_000],
            "outputs": [_bundle(output) for output in shown.outputs[:20]],
            "error": [_names(error), _message(error)] if error else None,
        }

    def on_look(self, name: str) -> Any:
        """Whether a name is there, and what it is: (there, callable, handle)."""
        if name not in self.shell.user_ns:
            return (False, False, None)
        value = self.shell.user_ns[name]
        return (True, callable(value), self.handle(value))

    def on_attribute(self, handle: Any, name: str) -> Any:
        """A method of an object, or None."""
        value = getattr(self.resolve(handle), name, None)
        return self.handle(value) if callable(value) else None

    def on_call(self, handle: Any, arguments: tuple, named: dict) -> dict[str, Any]:
        """Call an object; its value, and what it did to its arguments and to the world."""
        from mbrl_lib.checks.answers import global_random_states

        arguments, named = self.resolve(arguments), self.resolve(named)
        before = global_random_states()
        error = value = None
        try:
            value = self.resolve(handle)(*arguments, **named)
        except BaseException as caught:
            error = [_names(caught), _message(caught)]
        return {
            "value": value,
            "error": error,
            "arguments": _mutable(arguments),
            "named": _mutable(named),
            "drew_globally": before != global_random_states(),
            "received": self.changed(),
        }

    def watch(self, value: Any) -> None:
        """Remember an array that a callback returned: an answer may change it in place, later."""
        for array in arrays_in(value):
            self.watched.append((self.received, array, copy.deepcopy(array)))
            self.received += 1
        del self.watched[:-WATCHED]

    def changed(self) -> dict[int, Any]:
        """The watched arrays that are no longer what they were, by number."""
        found = {}
        for place, (number, array, before) in enumerate(self.watched):
            if not same_array(array, before):
                found[number] = array
                self.watched[place] = (number, array, copy.deepcopy(array))
        return found

    def handle(self, value: Any) -> Any:
        """A reference to an object that stays here."""
        from grading.codec import Handle

        self.objects.append(value)
        return Handle(len(self.objects) - 1, getattr(value, "__name__", type(value).__name__))

    def resolve(self, value: Any) -> Any:
        """References replaced by what they stand for."""
        from grading.codec import Callback, Handle

        if isinstance(value, Handle):
            return self.objects[value.number]
        if isinstance(value, Callback):
            return self.stub(value)
        if isinstance(value, list | tuple):
            return type(value)(self.resolve(part) for part in value)
        if isinstance(value, dict):
            return {key: self.resolve(part) for key, part in value.items()}
        return value

    def stub(self, callback: Any) -> Any:
        """A function that asks the examiner."""
        from grading.candidate import wire

        def ask(*arguments: Any, **named: Any) -> Any:
            if os.getpid() != self.process:
                raise RuntimeError("a function that was passed in cannot be called after a fork")
            wire.send(self.connection, ("callback", callback.number, arguments, named), self.handle)
            kind, *parts = wire.receive(self.connection)
            if kind == "error":
                names, message = parts
                raise getattr(builtins, names[0], RuntimeError)(message)
            value = self.resolve(parts[0])
            self.watch(value)
            return value

        ask.__name__ = callback.name
        return ask


def arrays_in(value: Any) -> list[Any]:
    """The arrays of a value, in order, through lists, tuples and dicts."""
    import numpy as np
    import torch

    if isinstance(value, torch.Tensor | np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [a for part in value for a in arrays_in(part)] if type(value) in (list, tuple) else []


def same_array(a: Any, b: Any) -> bool:
    """Whether two arrays of one kind have one shape, dtype and content, NaN equal to NaN."""
    import numpy as np
    import torch

    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if isinstance(a, torch.Tensor):
        return torch.equal(a.detach().nan_to_num(), b.detach().nan_to_num())
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def _mutable(value: Any) -> Any:
    """The arrays and generators among arguments, so that changes to them can be seen."""
    import numpy as np
    import torch

    kinds = (torch.Tensor, np.ndarray, torch.Generator)
    if isinstance(value, dict):
        return {k: v if isinstance(v, kinds) else None for k, v in value.items()}
    return [v if isinstance(v, kinds) else None for v in value]


def _names(error: BaseException) -> list[str]:
    """The names of an exception's classes, the most particular first."""
    return [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, BaseException)][:8]


def _message(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:
        return ""


def _bundle(output: Any) -> dict[str, str]:
    """The parts of a display that may be shown: text and pictures, no HTML, no scripts."""
    import base64

    found = {}
    data = output.data or {}
    if isinstance(data.get("text/plain"), str):
        found["text/plain"] = data["text/plain"][:20_000]
    picture = data.get("image/png")
    if isinstance(picture, bytes):
        picture = base64.b64encode(picture).decode()
    if isinstance(picture, str) and len(picture) < 2_000_000:
        found["image/png"] = picture
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
