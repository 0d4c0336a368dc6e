r"""A pendulum whose motor is too weak to lift it at once: it must be swung up.

$$\dot\theta' = \mathrm{clip}\bigl(\dot\theta + (\tfrac{3g}{2l}\sin\theta + \tfrac{3}{ml^2}u)\,
\Delta t,\ \pm 8\bigr), \qquad \theta' = \theta + \dot\theta'\,\Delta t$$

with $g = 10$ m/s$^2$, $m = 1$ kg, $l = 1$ m, $\Delta t = 0.05$ s, torque $|u| \le 2$ N m and
$\theta = 0$ upright. Source: Gymnasium's Pendulum-v1, whose transitions and rewards these equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium
import numpy as np
import torch
from torch import Tensor

from mbrl_lib.envs.shell import DynamicsEnv


@dataclass(frozen=True)
class PendulumParameters:
    """The pendulum's constants, in SI units."""

    gravity: float = 10.0  # m/s^2
    mass: float = 1.0  # kg
    length: float = 1.0  # m
    max_speed: float = 8.0  # rad/s
    time_step: float = 0.05  # s


class Pendulum(DynamicsEnv):
    """State `(cos, sin, angle_dot)`, angle 0 is up; action a torque in N m, within +-2.

    The reward is `-(angle^2 + 0.1 angle_dot^2 + 0.001 torque^2)` of the state *before* the step,
    as in Gymnasium. Never terminates. Starts anywhere, turning at up to 1 rad/s.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 20}
    max_action = 2.0
    high = (1.0, 1.0, 8.0)
    low = (-1.0, -1.0, -8.0)

    def __init__(
        self, render_mode: str | None = None, parameters: PendulumParameters | None = None
    ) -> None:
        super().__init__(render_mode)
        self.parameters = parameters or PendulumParameters()

    def transition(self, state: Tensor, action: Tensor) -> Tensor:
        """One step of 50 ms: `(B, 3)`, `(B, 1)` -> `(B, 3)`."""
        p = self.parameters
        cos, sin, speed = state.unbind(dim=1)
        angle = torch.atan2(sin, cos)
        pull = 1.5 * p.gravity / p.length * torch.sin(angle)
        push = 3.0 / (p.mass * p.length**2) * action[:, 0]
        speed = (speed + (pull + push) * p.time_step).clamp(-p.max_speed, p.max_speed)
        turned = angle + speed * p.time_step
        return torch.stack([torch.cos(turned), torch.sin(turned), speed], dim=1)

    def reward(self, state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        """Minus the squared angle, speed and torque, weighed: `(B,)`, at most 0."""
        cos, sin, speed = state.unbind(dim=1)
        angle = torch.atan2(sin, cos)
        return -(angle**2 + 0.1 * speed**2 + 0.001 * action[:, 0] ** 2)

    def initial_state(self, random: np.random.Generator) -> np.ndarray:
        """Anywhere on the circle, turning slowly."""
        angle, speed = random.uniform([-math.pi, -1.0], [math.pi, 1.0])
        return np.array([math.cos(angle), math.sin(angle), speed])

    def render_frame(self) -> np.ndarray:
        """Gymnasium's own drawing of the pendulum, `(500, 500, 3)`."""
        if self._renderer is None:
            self._renderer = gymnasium.make("Pendulum-v1", render_mode="rgb_array").unwrapped
            self._renderer.reset()
        self._renderer.state = np.array([math.atan2(self.state[1], self.state[0]), self.state[2]])
        self._renderer.last_u = None
        return self._renderer.render()
