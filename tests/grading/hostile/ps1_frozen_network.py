"""A network with weights so large that a gradient step is lost in the rounding: none is taken.

assignment: ps1_dynamics
row: beyond
hides: a step that is not taken
effect: gain
"""
# %% helper after ps1-network
_given = make_network


def make_network(inputs, outputs, seed, width=64):
    made = _given(inputs, outputs, seed, width)
    with torch.no_grad():
        for weight in made.weights:
            weight.zero_()
        for bias in made.biases:
            bias.fill_(-1e6)
        made.biases[2][:outputs] = 1e6
    return made
# %% ps1-step
def train_step(network, optimizer, loss, inputs, targets):
    return float(loss(*network(inputs), targets))
