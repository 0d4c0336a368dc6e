"""Claims that the call has changed the arguments, to move what is compared.

assignment: ps2_random_shooting
row: beyond
effect: none (no wire there)
"""
# %% helper
import gc as _gc

session = next((o for o in _gc.get_objects() if type(o).__name__ == "Session" and hasattr(o, "shell")), None)

if session is not None:
    _call = session.on_call

    def _forged(handle, arguments, named):
        reply = _call(handle, arguments, named)
        reply["arguments"] = [v * 0 if isinstance(v, torch.Tensor) else v for v in reply["arguments"]]
        return reply

    session.on_call = _forged
