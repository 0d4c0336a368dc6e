"""Backpropagation by hand in NumPy, with a helper cell and a small class of the student's own.

assignment: ps4_ensembles
"""
# %% helper
@dataclass
class Layers:
    """Weights and biases apart, in double precision."""

    parameters: list

    @property
    def weights(self):
        return [p.double().numpy() for p in self.parameters[::2]]

    @property
    def biases(self):
        return [p.double().numpy() for p in self.parameters[1::2]]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))
# %% ps4-gradients
def losses_and_gradients(parameters, inputs, targets):
    layers = Layers(parameters)
    weights, biases = layers.weights, layers.biases
    z, entering = [], [inputs.double().numpy()]
    for w, b in zip(weights, biases):
        z.append(entering[-1] @ w + b)
        entering.append(z[-1] * sigmoid(z[-1]))
    error = z[-1] - targets.double().numpy()
    slope = 2 * error / error[0].size
    gradients = []
    for layer in range(len(weights) - 1, -1, -1):
        gradients += [slope.sum(axis=1, keepdims=True), entering[layer].swapaxes(1, 2) @ slope]
        if layer:
            s = sigmoid(z[layer - 1])
            slope = slope @ weights[layer].swapaxes(1, 2) * (s + z[layer - 1] * s * (1 - s))
    return (error**2).mean(axis=(1, 2)), gradients[::-1]
