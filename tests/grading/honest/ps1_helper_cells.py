"""Helper cells of the student's own hold the work; the answers call them.

assignment: ps1_dynamics
"""
# %% helper
from functools import reduce


def std_or_one(x, limit=1e-6):
    spread = (x - x.mean(0)).pow(2).mean(0).sqrt()
    return spread.masked_fill(spread < limit, 1.0)


def log_density(x, mean, log_variance):
    return -0.5 * (math.log(2 * math.pi) + log_variance + (x - mean) ** 2 * (-log_variance).exp())
# %% helper after ps1-step
def windows(values, length):
    """(N, T, F) -> (N, T - length + 1, length, F)"""
    return values.unfold(1, length, 1).transpose(2, 3)
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.shift_by, self.scale_by = x.mean(0), std_or_one(x)
        return self

    def normalize(self, x):
        return (x - self.shift_by) / self.scale_by

    def denormalize(self, x):
        return torch.addcmul(self.shift_by, x, self.scale_by)
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    return -log_density(target, mean, log_variance).mean()
# %% ps1-rollout
def rollout(predict, state, actions):
    def step(path, action):
        return [*path, predict(path[-1], action)]

    return torch.stack(reduce(step, actions.unbind(1), [state]), 1)
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    starts = states[:, : states.shape[1] - horizon]
    taken, truth = windows(actions, horizon), windows(states[:, 1:], horizon)
    foreseen = roll(starts.flatten(0, 1), taken.flatten(0, 1))[:, 1:]
    return (foreseen - truth.flatten(0, 1)).square().mean((0, 2)).sqrt()
