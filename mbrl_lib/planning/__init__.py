"""How a model chooses: sample action sequences, roll them out in the model, take the best.

A planner sees a model only as `Dynamics.predict`, a reward and a termination function, so learned
and true dynamics are planned with by the same lines.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cem": ["CEM", "CEMSettings", "refit"],
        "icem": ["ICEM", "ICEMSettings", "coloured_noise"],
        "mpc": ["MPC"],
        "mppi": ["MPPI", "MPPISettings", "path_weights"],
        "problem": ["PlanningProblem"],
        "random_shooting": ["RandomShooting", "sample_uniform"],
        "rollout": ["evaluate_candidates"],
    },
)
