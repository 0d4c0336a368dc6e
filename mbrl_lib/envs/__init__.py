"""What is acted in: Gymnasium environments whose true dynamics are open to a planner.

Importing this package registers

| id | states S | actions A | what must be done |
|---|---|---|---|
| `mbrl/CartPoleBalance-v0` | 4 | 1 | keep the pole up for 200 steps |
| `mbrl/CartPoleSwingUp-v0` | 5 | 1 | swing the hanging pole up and hold it |
| `mbrl/Pendulum-v0` | 3 | 1 | the same with a pendulum too heavy for its motor |
| `mbrl/Grid-v0` | 54, numbered | 4, numbered | walk to the goal of a maze whose rules may change |
| `mbrl/CarRacing-v0` | 96×96 pixels | 3 | drive a lap; Gymnasium's pixels, sooner |
| `mbrl/CarRacingFast-v0` | 64×64 pixels | 3 | the same, in the small frames that are trained on |
| `mbrl/AnemiaPatient-v0` | 5, of 9 | 1 | dose a patient so that haemoglobin stays in range |
| `mbrl/AnemiaARX-v0` | 5 | 1 | the same with the lecture's model for the patient |
| `mbrl/Glucose-v0` | 98 seen, of 13 | 1 or 2 | dose insulin so that glucose stays in range |
| `mbrl/TakeCover-v0` | 64×64 pixels | 3, numbered | step aside from fireballs, in VizDoom |

Each file holds its environment's `step`, `reward` and `terminated` as plain batched functions of
torch tensors, and the Gymnasium environment is a thin shell around them: there is one truth. The
grid world has tables in their place, take cover is a game whose rules are VizDoom's, the car's
world is Gymnasium's own, and an anaemic patient shows only what a clinic can measure.
"""

import gymnasium

from mbrl_lib.envs.shell import TrueDynamics, true_model

__all__ = ["TrueDynamics", "true_model"]

_CAR = "mbrl_lib.envs.car_racing:CarRacing"
for _id, _entry, _steps, _options in (
    ("mbrl/CartPoleBalance-v0", "mbrl_lib.envs.cartpole:CartPoleBalance", 200, {}),
    ("mbrl/CartPoleSwingUp-v0", "mbrl_lib.envs.cartpole:CartPoleSwingUp", 200, {}),
    ("mbrl/Pendulum-v0", "mbrl_lib.envs.pendulum:Pendulum", 200, {}),
    ("mbrl/Grid-v0", "mbrl_lib.envs.grid:Grid", 1000, {}),
    ("mbrl/CarRacing-v0", _CAR, 1000, {"frames": "exact"}),
    ("mbrl/CarRacingFast-v0", _CAR, 1000, {"frames": "fast"}),
    ("mbrl/AnemiaPatient-v0", "mbrl_lib.envs.anemia.env:AnemiaPatient", 24, {}),
    ("mbrl/AnemiaARX-v0", "mbrl_lib.envs.anemia.env:AnemiaARX", 24, {}),
    ("mbrl/Glucose-v0", "mbrl_lib.envs.glucose.env:Glucose", None, {}),
    ("mbrl/TakeCover-v0", "mbrl_lib.envs.take_cover:TakeCover", None, {}),
):
    if _id not in gymnasium.registry:
        gymnasium.register(_id, _entry, max_episode_steps=_steps, kwargs=_options)
