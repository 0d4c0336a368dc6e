"""What is learned: next state from state and action.

Every model here predicts the *change* of the state, from normalised inputs, as a Gaussian. A
deterministic one has std 0.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "fitting": ["FitHistory", "FitSettings", "fit", "train_step"],
        "linear": ["LinearDynamics"],
        "losses": ["gaussian_nll", "mean_squared_error"],
        "mlp": ["MLPDynamics", "MLPSettings"],
        "networks": ["BatchedLinear", "MLP"],
    },
)
