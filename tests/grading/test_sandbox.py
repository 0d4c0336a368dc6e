"""The candidate's sandbox, tried from inside by code that means harm."""

import contextlib
import os
import time

import pytest
import torch

from grading.candidate.sandbox import CandidateLimits, Zygote
from grading.examiner.proxies import CandidateLost, Channel

WITHHELD = ["mbrl_lib.planning.cem", "mbrl_lib.normalizer"]


@pytest.fixture(scope="module")
def zygote():
    with Zygote(WITHHELD, worker=999) as made:
        yield made


@pytest.fixture
def run(zygote):
    """Run cells in one fresh candidate; the text of the last, or what it raised."""
    with zygote.candidate() as connection:
        channel = Channel(connection, seconds=60)

        def run_cell(source):
            reply = channel.ask("run", source)
            return reply["error"] or reply["text"]

        yield run_cell


def test_cells_run_as_in_a_notebook(run):
    assert run("x = 1\nprint('shown')") == "shown\n"
    assert "2" in run("x + 1")
    assert run("1 / 0")[0][0] == "ZeroDivisionError"
    assert run("%time 3")  # magics work
    assert run("import torch; print(torch.ones(2).sum())") == "tensor(2.)\n"


def test_it_sees_no_secret(run):
    home = os.path.expanduser("~")
    for path in (str(os.getcwd()) + "/solutions", "/etc/passwd", "/etc/shadow", "/var", "/home",
                 home + "/.ssh", os.getcwd() + "/.git", os.getcwd() + "/nbgrader_config.py",
                 "/course/grading/examiner", "/course/solutions"):  # fmt: skip
        assert run(f"import os; print(os.path.lexists({path!r}))") == "False\n", path
    for module in WITHHELD:
        assert run(f"import {module}")[0][0] == "ModuleNotFoundError"
    assert run("import mbrl_lib.planning.mpc; print('there')") == "there\n"
    environment = run("import os; print(sorted(os.environ))")
    for name in ("MBRL", "NBGRADER", "PYTEST", "PATHEXT", "USER"):
        assert name not in environment


def test_it_can_write_only_to_its_scratch_space_which_is_its_own(zygote, run):
    for path in ("/usr/x", "/course/x", "/etc/x", "/x", "/root/x", "/dev/x"):
        assert run(f"open({path!r}, 'w')")[0][0] in ("OSError", "PermissionError"), path
    assert run("open('/scratch/x', 'w').write('mine'); open('/tmp/y', 'w').write('m')") != ""
    with zygote.candidate() as other:
        reply = Channel(other, 60).ask(
            "run", "import os; print(os.listdir('/scratch'), os.listdir('/tmp'))"
        )
        assert reply["text"] == "[] []\n"


def test_it_reaches_no_network_and_no_other_process(zygote, run):
    connect = "import socket; socket.create_connection(('{}', {}), 2)"
    for host, port in (("127.0.0.1", 22), ("10.0.0.1", 80), ("1.1.1.1", 53)):
        assert run(connect.format(host, port))[0][0] in ("OSError", "ConnectionRefusedError")
    assert (
        run("import os; print(sorted(p for p in os.listdir('/proc') if p.isdigit()))") == "['1']\n"
    )
    with zygote.candidate() as other:
        channel = Channel(other, 60)
        channel.ask(
            "run", "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0me'); s.listen()"
        )
        here = run("import socket; socket.socket(socket.AF_UNIX).connect('\\0me')")
        assert here[0][0] == "ConnectionRefusedError", "abstract sockets end at the namespace"


def test_it_has_no_rights(run):
    assert "CapEff:\t0000000000000000" in run("print(open('/proc/self/status').read())")
    assert run("import os; print(os.getuid() > 0)") == "True\n"
    assert run("import os; os.setuid(0)")[0][0] in ("PermissionError", "OSError")
    mount = "import ctypes; print(ctypes.CDLL(None).mount(b'none', b'/scratch', b'tmpfs', 0, None))"
    assert run(mount) == "-1\n"
    assert run("import os; os.chroot('/scratch')")[0][0] == "PermissionError"
    assert run("import os; print(os.listdir('/proc/self/fd').__len__() <= 6)") == "True\n"


def test_memory_files_and_processes_are_limited(run):
    assert run("x = bytearray(20 * 2**30)")[0][0] == "MemoryError"
    assert run("open('/scratch/big', 'wb').write(bytes(100 * 2**20))")[0][0] == "OSError"
    bomb = (
        "import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
        "            time.sleep(60)\n        n += 1\nexcept OSError:\n    print(n < 100)"
    )
    assert run(bomb) == "True\n"


SELF_HARM = [
    "import os; os._exit(0)",
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "import ctypes; ctypes.string_at(0)",
    "import sys; sys.exit(3)",
    "raise KeyboardInterrupt",
    "import os; os.closerange(3, 30)",
    "import os; [os.write(int(fd), b'x' * 99) for fd in os.listdir('/proc/self/fd')]",
]


@pytest.mark.parametrize("source", SELF_HARM)
def test_its_death_is_noticed_at_once(zygote, source):
    with zygote.candidate() as connection:
        started = time.monotonic()
        with contextlib.suppress(CandidateLost):
            Channel(connection, 120).ask("run", source)
        assert time.monotonic() - started < 100, "it was waited for, dead"
    with zygote.candidate() as connection:  # and the next is well
        assert Channel(connection, 60).ask("run", "print(1)")["text"] == "1\n"


def test_a_hang_ends_at_its_time_and_everything_it_started_with_it(zygote):
    marker = f"marker{os.getpid()}"
    source = (
        "import os, time, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n    os.setsid()\n"
        f"    os.execv('/usr/bin/sleep', ['{marker}', '600'])\n"
        "while True: time.sleep(1)"
    )
    with zygote.candidate() as connection:
        with pytest.raises(CandidateLost, match="longer than 5 s"):
            Channel(connection, 5).ask("run", source)
        assert _alive(marker), "the control: it was there"
    deadline = time.monotonic() + 30
    while _alive(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(marker)


def _alive(marker):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().startswith(marker.encode()):
                    return True
        except OSError:
            pass
    return False


def test_calls_callbacks_and_what_they_change_cross(zygote):
    with zygote.candidate() as connection:
        channel = Channel(connection, 60)
        channel.ask(
            "run",
            "import torch\n"
            "def f(model, x, g):\n    y = model(x + 1)\n    x += 5\n"
            "    return y, torch.rand(1, generator=g)\n"
            "def drew():\n    return torch.rand(1)\n"
            "def fails():\n    class Mine(ValueError): pass\n    raise Mine('why')\n"
            "class C:\n    def m(self, a): return [a, {'k': (a,)}]\n",
        )
        _, _, f = channel.ask("look", "f")
        seen, x, g = [], torch.zeros(2), torch.Generator().manual_seed(1)
        y, draw = f(lambda v: (seen.append(v.tolist()), v * 10)[1], x, g)
        assert seen == [[1, 1]] and y.tolist() == [10, 10]
        assert x.tolist() == [5, 5], "a change in place is seen here too"
        twin = torch.Generator().manual_seed(1)
        assert torch.equal(draw, torch.rand(1, generator=twin))
        assert torch.equal(torch.rand(1, generator=g), torch.rand(1, generator=twin))
        drew = channel.ask("look", "drew")[2]
        drew()
        assert drew.drew_globally and not f.drew_globally
        with pytest.raises(ValueError, match="Mine: why"):
            channel.ask("look", "fails")[2]()
        thing = channel.ask("look", "C")[2]()
        assert thing.m(3) == [3, {"k": (3,)}]
        assert thing != thing.m and not hasattr(thing, "nothing")


def test_other_limits_can_be_set(zygote):
    with (
        zygote.candidate(CandidateLimits(cpu=1)) as connection,
        pytest.raises(CandidateLost, match="ended"),
    ):
        Channel(connection, 60).ask("run", "while True: pass")
