"""A step that prints its loss, warns and keeps a history; the course's own optimiser as it is.

assignment: ps1_dynamics
"""
# %% ps1-step
import warnings

HISTORY = []


def train_step(network, optimizer, loss, inputs, targets):
    optimizer.zero_grad()
    value = loss(*network(inputs), targets)
    value.backward()
    optimizer.step()
    HISTORY.append(value.item())
    print(f"step {len(HISTORY)}: loss {HISTORY[-1]:.4f}", flush=True)
    for name, weight in network.named_parameters():
        print(f"  {name}: {tuple(weight.shape)}, gradient {weight.grad.norm():.3g}")
    if len(HISTORY) > 2 and HISTORY[-1] > HISTORY[-2]:
        warnings.warn("the loss went up", stacklevel=2)
    return HISTORY[-1]
# %% helper after ps1-step
for _epoch in range(3):
    _net = make_network(2, 1, _epoch)
    for _ in range(20):
        _loss = train_step(_net, make_optimizer(_net, 0.01), laplace_nll, torch.ones(4, 2),
                           torch.zeros(4, 1))
    print("epoch", _epoch, "loss", _loss)
