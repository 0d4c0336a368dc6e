"""functools.lru_cache around a helper.

assignment: ps2_random_shooting
"""
# %% helper
import functools

@functools.lru_cache(maxsize=None)
def weight(discount, step):
    return discount**step
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    total = torch.zeros(len(actions))
    alive = total == 0
    for h in range(actions.shape[1]):
        after = states[:, h + 1]
        gained = weight(discount, h) * reward(states[:, h], actions[:, h], after)
        total = torch.where(alive, total + gained, total)
        alive = alive & ~terminated(after)
    return torch.where(torch.isfinite(total), total, -torch.inf)
