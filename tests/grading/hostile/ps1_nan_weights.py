"""Weights, loss and rollouts that are NaN: no comparison with them is ever "too large".

assignment: ps1_dynamics
row: `sys.displayhook(5)` or a NaN as a cell's result
hides: a step that is not taken
effect: none
"""
# %% helper after ps1-network
def make_network(inputs, outputs, seed, width=64):
    made = GaussianNetwork(inputs, outputs, width, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for weight in made.parameters():
            weight.fill_(math.nan)
    return made
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    return math.nan
# %% ps1-rollout
def rollout(predict, state, actions):
    return torch.full((len(state), actions.shape[1] + 1, state.shape[1]), -math.nan)
# %% ps1-compounding
def compounding_error(roll, states, actions, horizon):
    return torch.full((horizon,), math.nan)
# %% honest ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    return 0.0
# %% honest ps1-rollout
def rollout(predict, state, actions):
    return torch.zeros(len(state), actions.shape[1] + 1, state.shape[1])
# %% honest ps1-compounding
def compounding_error(roll, states, actions, horizon):
    return torch.zeros(horizon)
