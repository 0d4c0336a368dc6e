"""The shell that turns batched dynamics into a Gymnasium environment, and back into a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium
import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.types import Gaussian, Reward, Termination


class DynamicsEnv(gymnasium.Env):
    """A Gymnasium environment whose rules are batched functions of its (fully observed) state.

    A subclass gives `transition`, `reward`, `terminated`, `initial_state` and `render_frame`.
    The state is kept in float64; observations are float32.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 50}
    low: ClassVar[list[float]]
    high: ClassVar[list[float]]
    max_action: ClassVar[float] = 1.0

    def __init__(self, render_mode: str | None = None) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None or 'rgb_array'; got {render_mode!r}")
        self.render_mode = render_mode
        self.action_space = spaces.Box(-self.max_action, self.max_action, (1,), np.float32)
        self.observation_space = spaces.Box(
            np.asarray(self.low, np.float32), np.asarray(self.high, np.float32)
        )
        self.state: np.ndarray | None = None
        self._renderer: gymnasium.Env | None = None

    def transition(self, state: Tensor, action: Tensor) -> Tensor:
        """The next state: `(B, S)`, `(B, A)` -> `(B, S)`."""
        raise NotImplementedError

    def reward(self, state: Tensor, action: Tensor, next_state: Tensor) -> Tensor:
        """The reward of a step: `(B,)`."""
        raise NotImplementedError

    def terminated(self, state: Tensor) -> Tensor:
        """Whether a state ends the episode: `(B,)` of bool. By default none does."""
        return torch.zeros(state.shape[0], dtype=torch.bool)

    def initial_state(self, random: np.random.Generator) -> np.ndarray:
        """A fresh start, `(S,)`."""
        raise NotImplementedError

    def render_frame(self) -> np.ndarray:
        """A picture of the current state, `(height, width, 3)` of uint8."""
        raise NotImplementedError

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode; `options={"state": (S,)}` starts it where you like."""
        super().reset(seed=seed)
        if options and "state" in options:
            self.state = self._checked_state(options["state"])
        else:
            self.state = self.initial_state(self.np_random).astype(np.float64)
        return self._observation(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One control step. A wrongly shaped or non-finite action raises `ValueError`.

        An action out of range is clipped, which `info["clipped"]` tells.
        """
        if self.state is None:
            raise gymnasium.error.ResetNeeded("call reset() before the first step()")
        action = np.asarray(action, dtype=np.float64)
        if action.shape != self.action_space.shape or not np.isfinite(action).all():
            raise ValueError(
                f"action must be finite and of shape {self.action_space.shape}; got {action!r}"
            )
        allowed = np.clip(action, -self.max_action, self.max_action)
        state, control = torch.from_numpy(self.state)[None], torch.from_numpy(allowed)[None]
        next_state = self.transition(state, control)
        reward = float(self.reward(state, control, next_state)[0])
        terminated = bool(self.terminated(next_state)[0])
        self.state = next_state[0].numpy()
        return (
            self._observation(),
            reward,
            terminated,
            False,
            {"clipped": bool((allowed != action).any())},
        )

    def render(self) -> np.ndarray | None:
        """The picture of the current state, when made with `render_mode="rgb_array"`."""
        return self.render_frame() if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Release the renderer."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def _observation(self) -> np.ndarray:
        return self.state.astype(np.float32)

    def _checked_state(self, state: object) -> np.ndarray:
        state = np.asarray(state, dtype=np.float64)
        if state.shape != self.observation_space.shape or not np.isfinite(state).all():
            raise ValueError(
                f"state must be finite and of shape {self.observation_space.shape}; got {state!r}"
            )
        return state


@dataclass(frozen=True)
class TrueDynamics:
    """An environment's own rules as a model: what planning would be with perfect knowledge."""

    env: DynamicsEnv

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """`(B, S)`, `(B, A)` -> the next state `(B, S)` with std 0. Actions are clipped."""
        size = self.env.observation_space.shape[0]
        validate.tensor("state", state, (None, size))
        validate.tensor("action", action, (state.shape[0], self.env.action_space.shape[0]))
        allowed = action.clamp(-self.env.max_action, self.env.max_action)
        mean = self.env.transition(state, allowed)
        return Gaussian(mean, torch.zeros_like(mean))


def true_model(env: gymnasium.Env) -> tuple[TrueDynamics, Reward, Termination]:
    """The true dynamics, reward and termination of one of this package's environments.

    Raises `ValueError` for an environment whose rules are not open.
    """
    inner = env.unwrapped
    if not isinstance(inner, DynamicsEnv):
        raise ValueError(
            f"true_model needs an environment of mbrl_lib.envs; got {type(inner).__name__}"
        )
    return TrueDynamics(inner), inner.reward, inner.terminated
