"""Windows by unfold, einsum, and a functional style."""
# %% ps1-normalizer
class Normalizer(torch.nn.Module):
    def fit(self, x):
        variance, self.mean = torch.var_mean(x, dim=0, keepdim=True, correction=0)
        self.std = variance.sqrt()
        self.std[self.std < 1e-6] = 1
        self.mean, self.std = self.mean.squeeze(0), self.std.squeeze(0)

    def normalize(self, x):
        return torch.addcdiv(torch.zeros(()), x - self.mean, self.std)

    def denormalize(self, x):
        return torch.addcmul(self.mean.expand_as(x), x, self.std.expand_as(x))
# %% ps1-targets
def inputs_and_targets(state, action, next_state):
    return torch.hstack((state, action)), torch.subtract(next_state, state)
# %% ps1-nll
def gaussian_nll(mean, log_variance, target):
    scaled = (mean - target) * torch.exp(-log_variance / 2)
    count = mean.numel()
    squares = torch.einsum("bs,bs->", scaled, scaled)
    return (squares + log_variance.sum()) / (2 * count) + 0.5 * math.log(math.tau)
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    values = []

    def closure():
        optimizer.zero_grad()
        value = loss(*network(inputs), targets)
        value.backward()
        values.append(value.detach())
        return value

    optimizer.step(closure)
    return values[0]
# %% ps1-rollout
def rollout(predict, state, actions):
    import itertools

    return torch.stack(
        list(itertools.accumulate(actions.unbind(1), predict, initial=state)), dim=1
    )
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    size, moves = states.shape[2], actions.shape[2]
    truth = states.unfold(1, horizon + 1, 1).transpose(2, 3).reshape(-1, horizon + 1, size)
    chosen = actions.unfold(1, horizon, 1).transpose(2, 3).reshape(-1, horizon, moves)
    foreseen = roll(truth[:, 0], chosen)
    return torch.sqrt(torch.mean(torch.square(foreseen - truth)[:, 1:], dim=(0, 2)))
