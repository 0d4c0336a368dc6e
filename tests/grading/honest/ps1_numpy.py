"""NumPy where no gradient is needed: the normaliser, the pairs, the rollout and its error.

assignment: ps1_dynamics
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        x = np.asarray(x, dtype=np.float64)
        self.centre, self.scale = x.mean(axis=0), x.std(axis=0)
        self.scale[self.scale < 1e-6] = 1.0

    def normalize(self, x):
        return torch.from_numpy((np.asarray(x) - self.centre) / self.scale).float()

    def denormalize(self, x):
        return torch.from_numpy(np.asarray(x) * self.scale + self.centre).float()
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    state, action, next_state = map(np.asarray, (state, action, next_state))
    return np.concatenate([state, action], axis=-1), next_state - state
# %% ps1-rollout
def rollout(predict, state, actions):
    found = np.empty((len(state), actions.shape[1] + 1, state.shape[1]), dtype=np.float32)
    found[:, 0] = state
    for h in range(actions.shape[1]):
        found[:, h + 1] = predict(torch.from_numpy(found[:, h].copy()), actions[:, h])
    return found
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    total, count = np.zeros(horizon), 0
    for t in range(actions.shape[1] - horizon + 1):
        came = np.asarray(roll(states[:, t], actions[:, t : t + horizon]))[:, 1:]
        gap = came - np.asarray(states[:, t + 1 : t + horizon + 1])
        total += (gap**2).sum(axis=(0, 2))
        count += gap.shape[0] * gap.shape[2]
    return np.sqrt(total / count)
