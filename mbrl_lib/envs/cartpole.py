r"""A pole on a cart that is pushed left and right, as a continuous control problem.

With cart mass $m_c$, pole mass $m_p$, half pole length $l$, force $F$ and
$f = (F + m_p l \dot\theta^2 \sin\theta) / (m_c + m_p)$,

$$\ddot\theta = \frac{g \sin\theta - \cos\theta\, f}
                     {l\,(4/3 - m_p \cos^2\theta / (m_c + m_p))}, \qquad
  \ddot x = f - \frac{m_p l\, \ddot\theta \cos\theta}{m_c + m_p},$$

one explicit Euler step of 20 ms each. Source: Barto, Sutton and Anderson (1983), with the
correction of Florian (2007); Gymnasium's CartPole-v1 uses the same equations with two forces,
mbrl-lib's continuous cart-pole the same force range as here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import gymnasium
import numpy as np
import torch
from torch import Tensor

from mbrl_lib.envs.shell import DynamicsEnv

_BIG = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class CartPoleParameters:
    """The cart-pole's constants, in SI units."""

    gravity: float = 9.8  # m/s^2
    cart_mass: float = 1.0  # kg
    pole_mass: float = 0.1  # kg
    half_length: float = 0.5  # m, from the hinge to the pole's centre of mass
    max_force: float = 10.0  # N, at action 1
    time_step: float = 0.02  # s


def accelerations(
    angle: Tensor, angular_velocity: Tensor, action: Tensor, p: CartPoleParameters
) -> tuple[Tensor, Tensor]:
    """Cart (m/s^2) and pole (rad/s^2) accelerations; all arguments and results `(B,)`."""
    total = p.cart_mass + p.pole_mass
    moment = p.pole_mass * p.half_length
    sin, cos = torch.sin(angle), torch.cos(angle)
    push = (action * p.max_force + moment * angular_velocity**2 * sin) / total
    pole = (p.gravity * sin - cos * push) / (
        p.half_length * (4.0 / 3.0 - p.pole_mass * cos**2 / total)
    )
    return push - moment * pole * cos / total, pole


class _CartPole(DynamicsEnv):
    """What the two tasks share: the physics and the picture."""

    def __init__(
        self, render_mode: str | None = None, parameters: CartPoleParameters | None = None
    ) -> None:
        super().__init__(render_mode)
        self.parameters = parameters or CartPoleParameters()

    def position_and_angle(self) -> tuple[float, float]:
        """Cart position (m) and pole angle (rad, 0 is up) of the current state."""
        raise NotImplementedError

    def render_frame(self) -> np.ndarray:
        """Gymnasium's own drawing of the cart-pole, `(400, 600, 3)`."""
        if self._renderer is None:
            self._renderer = gymnasium.make("CartPole-v1", render_mode="rgb_array").unwrapped
            self._renderer.reset()
        position, angle = self.position_and_angle()
        self._renderer.state = (position, 0.0, angle, 0.0)
        return self._renderer.render()


class CartPoleBalance(_CartPole):
    """Keep the pole up. State `(x, x_dot, angle, angle_dot)` in m, m/s, rad, rad/s.

    The reward is 1 a step, the falling one included; the episode ends when the cart leaves
    +-2.4 m or the pole leaves +-12 degrees. Starts uniformly within +-0.05 in each coordinate.
    The chapters "Random shooting" and "Model predictive control" act in it.
    """

    position_limit = 2.4
    angle_limit = 12 * 2 * math.pi / 360
    high = (2 * position_limit, _BIG, 2 * angle_limit, _BIG)
    low = tuple(-h for h in high)

    def transition(self, state: Tensor, action: Tensor) -> Tensor:
        """One Euler step: `(B, 4)`, `(B, 1)` -> `(B, 4)`."""
        _, x_dot, angle, angle_dot = state.unbind(dim=1)
        x_acc, angle_acc = accelerations(angle, angle_dot, action[:, 0], self.parameters)
        change = torch.stack([x_dot, x_acc, angle_dot, angle_acc], dim=1)
        return state + self.parameters.time_step * change

    def reward(self, state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        """1 for every step."""
        return torch.ones_like(next_state[:, 0])

    def terminated(self, state: Tensor) -> Tensor:
        """Whether cart or pole is out of its limits."""
        return (state[:, 0].abs() > self.position_limit) | (state[:, 2].abs() > self.angle_limit)

    def initial_state(self, random: np.random.Generator) -> np.ndarray:
        """Near the upright rest."""
        return random.uniform(-0.05, 0.05, size=4)

    def position_and_angle(self) -> tuple[float, float]:
        """Cart position and pole angle."""
        return float(self.state[0]), float(self.state[2])


class CartPoleSwingUp(_CartPole):
    """Swing the hanging pole up. State `(x, x_dot, cos, sin, angle_dot)`; angle 0 is up.

    The reward, in [0, 1], is the height of the pole's tip times a bonus for a centred cart:
    `(1 + cos) / 2 * exp(-x^2 / 4)`. The episode ends when the cart leaves +-2.4 m. Starts hanging,
    each coordinate disturbed uniformly within +-0.05.
    """

    position_limit = 2.4
    high = (2 * position_limit, _BIG, 1.0, 1.0, _BIG)
    low = tuple(-h for h in high)

    def transition(self, state: Tensor, action: Tensor) -> Tensor:
        """One Euler step: `(B, 5)`, `(B, 1)` -> `(B, 5)`."""
        x, x_dot, cos, sin, angle_dot = state.unbind(dim=1)
        angle, step = torch.atan2(sin, cos), self.parameters.time_step
        x_acc, angle_acc = accelerations(angle, angle_dot, action[:, 0], self.parameters)
        turned = angle + step * angle_dot
        return torch.stack(
            [
                x + step * x_dot,
                x_dot + step * x_acc,
                torch.cos(turned),
                torch.sin(turned),
                angle_dot + step * angle_acc,
            ],
            dim=1,
        )

    def reward(self, state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        """Height of the tip, less for a cart off the centre: `(B,)` in [0, 1]."""
        upright = (1 + next_state[:, 2].clamp(-1, 1)) / 2
        return upright * torch.exp(-(next_state[:, 0] ** 2) / 4)

    def terminated(self, state: Tensor) -> Tensor:
        """Whether the cart is out of its limits."""
        return state[:, 0].abs() > self.position_limit

    def initial_state(self, random: np.random.Generator) -> np.ndarray:
        """Near the hanging rest."""
        x, x_dot, angle, angle_dot = random.uniform(-0.05, 0.05, size=4)
        angle += math.pi
        return np.array([x, x_dot, math.cos(angle), math.sin(angle), angle_dot])

    def position_and_angle(self) -> tuple[float, float]:
        """Cart position and pole angle."""
        return float(self.state[0]), math.atan2(self.state[3], self.state[2])
