"""Calls functions that it was never given, by number.

assignment: ps2_random_shooting
row: beyond
effect: none (no wire there)
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    import gc as _gc
    
    session = next((o for o in _gc.get_objects() if type(o).__name__ == "Session" and hasattr(o, "shell")), None)
    
    if session is not None:
        from grading.candidate import wire
        said = []
        for number in (-1, 0, 1, 2, 10**9, True, "0", None, 1.0, [0]):
            wire.send(session.connection, ("callback", number, (), {}), session.handle)
            said.append(wire.receive(session.connection))
        print(said)
    raise ValueError(repr(said))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
