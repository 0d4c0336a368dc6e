"""Calls the examiner's functions with named arguments that they may not expect.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    for named in ({"self": 1}, {"function": print}, {"calls": []}, {"": 1}, {"a b": 2}):
        try:
            reward(**named)
        except Exception as error:
            said = repr(error)
    raise ValueError(said)
# %% honest ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    raise ValueError("no idea")
