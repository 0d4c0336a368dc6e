"""Random bytes, announced lengths of gigabytes, half a message.

assignment: ps2_random_shooting
row: beyond
effect: none (no wire there)
"""
# %% helper
import gc as _gc

session = next((o for o in _gc.get_objects() if type(o).__name__ == "Session" and hasattr(o, "shell")), None)

if session is not None:
    session.connection.sendall(b"\xff\xff\xff\xff" + bytes(range(256)) * 100)
