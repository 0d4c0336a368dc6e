"""Tells a host on the network what it has seen.

assignment: ps2_random_shooting
row: beyond
effect: network
"""
# %% helper
import socket

for _port in (46_464, 46_465):
    try:
        with socket.create_connection(("127.0.0.1", _port), 1) as _connection:
            _connection.sendall(b"hidden tests")
            print("neighbour", _connection.recv(100))
    except OSError as _error:
        print(_error)
