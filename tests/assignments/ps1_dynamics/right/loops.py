"""Everything with plain loops over rows and features."""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.statistics = []
        for j in range(x.shape[1]):
            m = sum(float(v) for v in x[:, j]) / len(x)
            s = math.sqrt(sum((float(v) - m) ** 2 for v in x[:, j]) / len(x))
            self.statistics.append((m, s if s >= 1e-6 else 1.0))

    def normalize(self, x):
        out = x.clone()
        for j, (m, s) in enumerate(self.statistics):
            out[..., j] = (x[..., j] - m) / s
        return out

    def denormalize(self, x):
        columns = [x[..., j] * s + m for j, (m, s) in enumerate(self.statistics)]
        return torch.stack(columns, dim=-1)
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    inputs, targets = [], []
    for s, a, n in zip(state, action, next_state):
        inputs.append([*s.tolist(), *a.tolist()])
        targets.append([after - before for before, after in zip(s.tolist(), n.tolist())])
    return torch.tensor(inputs), torch.tensor(targets)
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    total = 0.0
    for i in range(mean.shape[0]):
        for j in range(mean.shape[1]):
            variance = torch.exp(log_variance[i, j])
            total = total + (target[i, j] - mean[i, j]) ** 2 / (2 * variance)
            total = total + log_variance[i, j] / 2 + math.log(math.sqrt(2 * math.pi))
    return total / mean.numel()
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    optimizer.zero_grad(set_to_none=False)
    value = loss(*network(inputs), targets)
    before = float(value.detach())
    value.backward()
    optimizer.step()
    return before
# %% ps1-rollout
def rollout(predict, state, actions):
    rows = []
    for s, sequence in zip(state, actions):
        path = [s]
        for a in sequence:
            path.append(predict(path[-1][None], a[None])[0])
        rows.append(torch.stack(path))
    return torch.stack(rows)
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    errors = []
    for h in range(1, horizon + 1):
        total, count = 0.0, 0
        for n in range(states.shape[0]):
            for t in range(actions.shape[1] - horizon + 1):
                end = roll(states[n : n + 1, t], actions[n : n + 1, t : t + horizon])[0, h]
                total += float(((end - states[n, t + h]) ** 2).sum())
                count += states.shape[2]
        errors.append(math.sqrt(total / count))
    return torch.tensor(errors)
