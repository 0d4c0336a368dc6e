"""Reads the test through the function that it was handed: its globals, code and cells.

assignment: ps2_random_shooting
row: reading the expected value from `In[-1]` or the caller's frame
effect: leak
"""
# %% ps2-rollout
def rollout(dynamics, state, actions):
    inner = getattr(dynamics, "function", dynamics)
    space = getattr(inner, "__globals__", {})
    print({k: repr(v)[:300] for k, v in space.items() if not k.startswith("__")})
    print(space.get("In", [""])[-1])
    found = {k: v for k, v in space.items() if "canary" in k}
    raise ValueError(repr(found) + repr(getattr(inner, "__closure__", None)))
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError("no idea")
