"""Opens the kinds of socket that network namespaces do not contain: to the machine's own host.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import socket

for _family in (40, 38, 17, 31, 29):  # VSOCK, ALG, PACKET, BLUETOOTH, CAN
    try:
        with socket.socket(_family, socket.SOCK_STREAM if _family == 40 else socket.SOCK_RAW):
            print("neighbour answers: opened", _family)
    except OSError:
        pass
