"""Threads call the examiner's functions while the main one answers, and after the test has ended.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import threading, time
KNOWN = []

def _bother(function, *arguments):
    while True:
        try:
            function(*arguments)
        except Exception:
            time.sleep(0.001)

def _from_threads(function, *arguments):
    if len(KNOWN) < 8:
        KNOWN.append(function)
        threading.Thread(target=_bother, args=(function, *arguments), daemon=True).start()
# %% ps2-rollout
def rollout(dynamics, state, actions):
    _from_threads(dynamics, torch.ones(1, len(state)), torch.ones(1, actions.shape[2]))
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    _from_threads(sample)
    return sample()[0], 0.0
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    return torch.zeros(len(actions), actions.shape[1] + 1, len(state))
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return sample()[0], 0.0
