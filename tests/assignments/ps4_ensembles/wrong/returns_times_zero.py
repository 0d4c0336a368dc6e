"""Later rewards are multiplied by 0.

task: ps4-returns-tests
message: NaN is NaN
"""


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    E, K, _, S = states.shape
    total, alive = torch.zeros(E, K), torch.ones(E, K, dtype=torch.bool)
    for h in range(actions.shape[1]):
        now, after = states[:, :, h].reshape(-1, S), states[:, :, h + 1].reshape(-1, S)
        gained = reward(now, actions[:, h].repeat(E, 1), after).view(E, K)
        over = terminated(after).view(E, K)
        total = total + discount**h * gained * alive
        alive = alive & ~over
    average = total.mean(dim=0)
    return torch.where(torch.isfinite(average), average, -torch.inf)
