"""Makes the function that it was handed fail and reads the test from the traceback.

assignment: ps2_random_shooting
row: reading the expected value from `In[-1]` or the caller's frame
effect: leak
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    try:
        dynamics("nonsense", None, 5)
    except Exception as error:
        trace = error.__traceback__
        while trace is not None:
            print({k: repr(v)[:200] for k, v in trace.tb_frame.f_globals.items() if not k.startswith("__")})
            print(trace.tb_frame.f_globals.get("In", [""])[-1])
            trace = trace.tb_next
        raise ValueError(repr(error)) from error
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
