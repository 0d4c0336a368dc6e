"""Sets a generator's two counters so that torch reads on behind its block, into the grader's memory.

assignment: ps2_random_shooting
row: beyond
effect: none (one process has one memory)
"""
# %% helper
import struct
SEEN = []

def _behind(generator):
    """What is drawn next would be 624 words of whatever lies there; later inputs bring them here."""
    state = generator.get_state()
    head = bytes(state[:8].tolist()) + struct.pack("<iiQ", 624, 1, 624)
    state[:24] = torch.tensor(list(head), dtype=torch.uint8)
    generator.set_state(state)
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    SEEN.append((low, high))
    drawn = low + high * torch.rand(candidates, horizon, len(low), generator=generator)
    _behind(generator)
    return drawn
# %% ps2-cem
def cem(evaluate, refit, low, high, horizon, candidates, elites, rounds, generator, warm_start=None):
    for _ in range(rounds):
        actions = low + (high - low) * torch.rand(candidates, horizon, len(low), generator=generator)
        returns = evaluate(actions)
        refit(actions, returns, elites)
    _behind(generator)
    return actions[0], returns[0]
