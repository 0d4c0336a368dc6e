"""The members' states are averaged first: the return of the mean rollout, not the mean return.

task: ps4-returns-tests
message: each have an end|the others go on|average
"""


# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    middle = states.mean(dim=0)
    total = torch.zeros(len(actions))
    alive = total == 0
    for h in range(actions.shape[1]):
        gained = reward(middle[:, h], actions[:, h], middle[:, h + 1])
        total = torch.where(alive, total + discount**h * gained, total)
        alive = alive & ~terminated(middle[:, h + 1])
    return torch.where(torch.isfinite(total), total, -torch.inf)
