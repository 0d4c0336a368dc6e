"""nan_to_num turns a return of -inf into the lowest finite number.

task: ps2-returns-tests
message: lowest finite number
"""
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    K, H, _ = actions.shape
    total = torch.zeros(K)
    alive = torch.ones(K, dtype=torch.bool)

    for h in range(H):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        total = total + torch.where(alive, discount**h * r, torch.zeros(K))
        alive = alive & ~terminated(states[:, h + 1])
    return torch.nan_to_num(total, nan=-math.inf, posinf=-math.inf)
