"""Every rollout is an object of its own; deals by sorting keys; prints on the way.

assignment: ps4_ensembles
"""
# %% helper
class Particle:
    """One rollout: what it has earned, and whether it still does."""

    def __init__(self):
        self.earned, self.alive = 0.0, True

    def earn(self, reward, weight, over):
        if self.alive:
            self.earned += weight * reward
        self.alive = self.alive and not over
# %% ps4-returns
def average_returns(states, actions, reward, terminated, discount):
    E, K, steps, S = states.shape
    particles = [[Particle() for _ in range(K)] for _ in range(E)]
    for h in range(steps - 1):
        now, after = states[:, :, h].reshape(-1, S), states[:, :, h + 1].reshape(-1, S)
        gained = reward(now, torch.cat([actions[:, h]] * E), after).view(E, K).tolist()
        over = terminated(after).view(E, K).tolist()
        for e in range(E):
            for k in range(K):
                particles[e][k].earn(gained[e][k], discount**h, over[e][k])
    returns = [sum(particles[e][k].earned for e in range(E)) / E for k in range(K)]
    print("returns of", K, "candidates")
    return [value if math.isfinite(value) else -math.inf for value in returns]
# %% ps4-deal
def deal(particles, members, horizon, redraw, generator):
    if particles % members:
        raise ValueError(f"{particles} particles, {members} members")
    row = sorted(p % members for p in range(particles))
    if not redraw:
        return torch.tensor([row for _ in range(horizon)])
    keys = torch.rand(horizon, particles, generator=generator)
    return torch.tensor(row)[keys.sort(dim=1).indices]
