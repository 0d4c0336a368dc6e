"""What is learned: next state from state and action.

Every model here predicts the *change* of the state, from normalised inputs, as a Gaussian. A
deterministic one has std 0. An ensemble is planned with through a propagation.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "ensemble": [
            "EnsembleDynamics",
            "EnsembleHistory",
            "EnsembleSettings",
            "FrozenEnsemble",
            "bootstrap",
            "calibrate",
            "fit_ensemble",
        ],
        "fitting": ["FitHistory", "FitSettings", "fit", "split_holdout", "train_step"],
        "linear": ["LinearDynamics"],
        "losses": ["gaussian_nll", "mean_squared_error"],
        "mlp": ["MLPDynamics", "MLPSettings"],
        "networks": ["BatchedLinear", "MLP"],
        "propagation": ["Expectation", "IndependentRollouts", "TrajectorySampling"],
    },
)
