"""Model-based reinforcement learning, from a dynamics function to a world model.

The library behind the course. Its rooms, from the ground up: `types`, `data`, `envs` (what is
acted in), `diagnostics` (how far a model can be trusted), `dynamics` (what is learned), `planning`
(how a model chooses), `imagination` (a policy learned inside a model), `model_free` (what it is
compared with), then `evaluate`, `plotting` and `checks`, and on top of all `experiments`. A room
imports the rooms above it in this list, never those below, and each loads only what is used:
importing `mbrl_lib` itself imports nothing.
"""

__version__ = "0.1.0"
