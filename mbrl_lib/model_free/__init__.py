"""The baselines that know no transition model: Q-learning, SARSA, a deep Q-network.

Dyna-Q, Q-learning that also learns a table of what happens next, is the step from here to
model-based learning.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dqn": ["DQNRun", "DQNSettings", "GreedyQ", "QNetwork", "train_dqn"],
        "tabular": [
            "TabularRun",
            "TabularSettings",
            "dyna_q",
            "epsilon_greedy",
            "q_learning",
            "sarsa",
        ],
    },
)
