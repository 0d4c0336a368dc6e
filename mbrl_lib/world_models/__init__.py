"""World models: V sees, M remembers and predicts, C acts (Ha and Schmidhuber, 2018).

A variational autoencoder turns a frame into a few numbers z, a recurrent mixture density network
predicts the next z from z, the action and what it remembers, and a small controller acts on both.
It is found by evolution or by gradient, in the world or in the dream that the network makes.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "actor_critic": ["ActorCritic", "ActorCriticSettings", "learn_in_dreams"],
        "agent": ["Agent"],
        "controller": [
            "Controller",
            "ControllerSettings",
            "car_racing_action",
            "take_cover_action",
            "take_cover_index",
        ],
        "dream": ["BatchedDream", "DreamEnv", "DreamSettings", "DreamStarts"],
        "episodes": ["Hidden", "LatentEpisode", "Sequences", "cut"],
        "evolve": ["EvolveSettings", "Evolution", "Generation", "Search"],
        "frames": ["to_frames", "to_input"],
        "mdn_rnn": [
            "MDNRNN",
            "MDNRNNSettings",
            "Prediction",
            "fit_mdn_rnn",
            "mixture_log_prob",
            "sample_mixture",
        ],
        "policy_gradient": ["GradientSettings", "improve"],
        "strategies": ["CMAES", "SimpleES"],
        "training": ["TrainHistory", "TrainSettings"],
        "vae": ["VAE", "VAESettings", "encode_frames", "fit_vae", "kl", "vae_loss"],
    },
)
