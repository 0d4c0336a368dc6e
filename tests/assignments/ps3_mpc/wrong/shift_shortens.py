"""The spent actions are dropped and nothing is appended.

task: ps3-shift-tests
message: keeps its H actions
"""
# %% ps3-shift
def shift(actions, steps=1):
    return actions[steps:]
