"""A look-up is answered with the wrong number of parts, of the wrong kinds.

assignment: ps2_random_shooting
row: beyond
effect: none (no wire there)
"""
# %% helper after ps2-cem
import gc as _gc

session = next((o for o in _gc.get_objects() if type(o).__name__ == "Session" and hasattr(o, "shell")), None)

if session is not None:
    _odd = iter([5, (), (1,), (True, True, 5), (True, True, torch.ones(3)), {"a": 1}, "x", [None] * 9] * 100)
    session.on_look = lambda name: next(_odd)
