"""The Gymnasium environment: Gymnasium's own world, with a faster car and faster frames."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces

try:
    from gymnasium.envs.box2d import car_racing as theirs
except gymnasium.error.DependencyNotInstalled as error:
    raise ImportError("car racing needs Box2D: pip install 'gymnasium[box2d]'") from error

from mbrl_lib import validate
from mbrl_lib.envs.car_racing import drawing, physics
from mbrl_lib.envs.car_racing.exact import ExactFrames

MAX_STEPS = 1000  # after which Gymnasium's registration truncates an episode


class CarRacing(theirs.CarRacing):
    """CarRacing-v3 with continuous actions; the same seed gives the same track and rewards.

    Parameters
    ----------
    frames : "exact" for `(96, 96, 3)`, identical to Gymnasium's, or "fast" for `(64, 64, 3)`
    lap_complete_percent : float, the share of tiles after which crossing the start ends the lap
    render_mode : None or "rgb_array"

    Actions: steering in [-1, 1], gas and brake in [0, 1]. `info["tiles"]` counts the tiles visited.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 50}

    def __init__(
        self,
        frames: str = "exact",
        lap_complete_percent: float = 0.95,
        render_mode: str | None = None,
    ) -> None:
        if frames not in ("exact", "fast"):
            raise ValueError(f"frames must be 'exact' or 'fast'; got {frames!r}")
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode must be None or 'rgb_array'; got {render_mode!r}")
        validate.fraction("lap_complete_percent", lap_complete_percent)
        super().__init__(render_mode=render_mode, lap_complete_percent=lap_complete_percent)
        self.frames = frames
        side = 96 if frames == "exact" else drawing.SIZE
        self.observation_space = spaces.Box(0, 255, (side, side, 3), np.uint8)
        self._drawing: drawing.FastFrames | ExactFrames | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """A new track and the car at its start, as in Gymnasium, with a car of ours."""
        gymnasium.Env.reset(self, seed=seed)
        self._destroy()
        listener = theirs.FrictionDetector(self, self.lap_complete_percent)
        self.world.contactListener_bug_workaround = listener  # Box2D keeps no reference of its own
        self.world.contactListener = listener
        self.reward = self.prev_reward = self.shown_reward = self.t = 0.0
        self.tile_visited_count, self.new_lap = 0, False
        self.road_poly = []
        while not self._create_track():
            pass  # not every draw closes into a lap
        self.car = physics.Car(self.world, *self.track[0][1:4])
        self._move()
        self.shown_reward = self.reward
        make = ExactFrames if self.frames == "exact" else drawing.FastFrames
        self._drawing = make(self)
        self.state = self._drawing.draw()
        return self.state, {"tiles": self.tile_visited_count}

    def step(
        self, action: np.ndarray, repeat: int = 1
    ) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """`repeat` steps of 1/50 s with one action; the frame is that of the last.

        Rewards are added up; it stops where the episode ends. An action out of range is treated as
        Gymnasium treats it. A wrong shape or a NaN raises `ValueError`.
        """
        if self._drawing is None:
            raise gymnasium.error.ResetNeeded("call reset() before the first step()")
        action = np.asarray(action, dtype=np.float64)
        if action.shape != (3,) or not np.isfinite(action).all():
            raise ValueError(f"action must be finite and of shape (3,); got {action!r}")
        validate.at_least("repeat", repeat, 1)
        steer, gas, brake = action.tolist()
        total, terminated, info = 0.0, False, {}
        for _ in range(repeat):
            self.car.steer(-steer)
            self.car.gas(gas)
            self.car.brake(brake)
            reward, terminated, info = self._advance()
            total += reward
            if terminated:
                break
        self.state = self._drawing.draw()
        info["tiles"] = self.tile_visited_count
        return self.state, total, terminated, False, info

    def close(self) -> None:
        """Let go of everything at once; `reset` begins anew.

        World, car and frames refer to each other and to this environment. Without this they stay
        until the garbage collector comes by.
        """
        self._destroy()
        self.world.contactListener = self.world.contactListener_bug_workaround = None
        self.contactListener_keepref = self.car = self._drawing = None
        super().close()

    def _move(self) -> None:
        self.car.step(1.0 / theirs.FPS)
        self.world.Step(1.0 / theirs.FPS, 6 * 30, 2 * 30)
        self.t += 1.0 / theirs.FPS

    def _advance(self) -> tuple[float, bool, dict[str, Any]]:
        """Reward and end of one step, by Gymnasium's rules."""
        self._move()
        self.shown_reward = self.reward  # Gymnasium draws before it takes off
        self.reward -= 0.1
        self.car.fuel_spent = 0.0
        reward = self.reward - self.prev_reward
        self.prev_reward = self.reward
        terminated, info = False, {}
        if self.tile_visited_count == len(self.track) or self.new_lap:
            terminated, info = True, {"lap_finished": True}
        x, y = self.car.hull.position
        if abs(x) > theirs.PLAYFIELD or abs(y) > theirs.PLAYFIELD:
            reward, terminated, info = -100, True, {"lap_finished": False}
        return reward, terminated, info


class FrameSkip(gymnasium.Wrapper):
    """Every action is held for `skip` steps, of which only the last is drawn."""

    def __init__(self, env: gymnasium.Env, skip: int) -> None:
        super().__init__(env)
        validate.at_least("skip", skip, 1)
        self.skip = skip

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Rewards are added up."""
        return self.env.unwrapped.step(action, repeat=self.skip)
