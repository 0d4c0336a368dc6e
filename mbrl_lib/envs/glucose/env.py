"""The Gymnasium environments: one subject, and many side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from mbrl_lib.envs.glucose import metrics
from mbrl_lib.envs.glucose.meals import DAY, Meals, random_meals
from mbrl_lib.envs.glucose.sensor import HIGHEST, LOWEST
from mbrl_lib.envs.glucose.subjects import subjects
from mbrl_lib.envs.glucose.ward import HISTORY, Reading, Ward

RISKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "magni": metrics.magni,
    "kovatchev": lambda glucose: 10 * metrics.kovatchev(glucose) ** 2,
}
OBSERVATIONS = ("history", "state")
ALIVE = (10.0, 600.0)  # mg/dL; outside an episode ends
MOST = 43.2  # times the basal rate, the largest that may be given
LARGEST_BOLUS = 30.0  # U, as an insulin pump has it
_STATE = 16  # 13 states of the model, what is on the plate, D, and the time of day


class _Rules:
    """What one subject's environment and that of many share: spaces, doses, rewards."""

    def __init__(self, ward: Ward, reward: str, observation: str, bolus: bool) -> None:
        if reward not in RISKS:
            raise ValueError(f"the rewards are {', '.join(RISKS)}; got {reward!r}")
        if observation not in OBSERVATIONS:
            raise ValueError(f"observation must be one of {OBSERVATIONS}; got {observation!r}")
        self.ward, self.risk, self.kind, self.bolus = ward, RISKS[reward], observation, bolus
        self.high = np.stack([MOST * ward.table["basal"], 0 * ward.table["basal"]], axis=1)
        self.high[:, 1] = LARGEST_BOLUS
        if not bolus:
            self.high = self.high[:, :1]

    def action_space(self) -> spaces.Box:
        """Of one subject: the first one's, if there are many."""
        high = self.high[0].astype(np.float32)
        return spaces.Box(np.zeros_like(high), high, dtype=np.float32)

    def observation_space(self) -> spaces.Box:
        """Of one subject."""
        if self.kind == "state":
            low = np.full(_STATE, -np.inf, np.float32)
            return spaces.Box(low, -low, dtype=np.float32)
        low = np.zeros(Reading.SIZE, np.float32)
        high = np.full(Reading.SIZE, np.inf, np.float32)
        low[:HISTORY], high[:HISTORY], high[-2] = LOWEST, HIGHEST, 1.0
        return spaces.Box(low, high, dtype=np.float32)

    def observe(self, reading: Reading) -> np.ndarray:
        """`(N, 98)` or `(N, 16)`."""
        if self.kind == "history":
            return reading.flat()
        patients = self.ward.patients
        more = np.stack([patients.waiting, patients.meal, reading.minute / DAY], axis=1)
        return np.concatenate([patients.states, more], axis=1).astype(np.float32)

    def give(self, action: np.ndarray) -> tuple[Reading, np.ndarray]:
        """Doses `(N, A)` for five minutes; the next reading, and whose dose was out of range."""
        action = np.asarray(action, dtype=float)
        if action.shape != self.high.shape or not np.isfinite(action).all():
            raise ValueError(
                f"doses must be finite and of shape {self.high.shape}; got {action.tolist()}"
            )
        allowed = np.clip(action, 0.0, self.high)
        clipped = (np.abs(action - allowed) > 1e-6 * self.high).any(axis=1)
        bolus = allowed[:, 1] if self.bolus else 0 * allowed[:, 0]
        return self.ward.step(allowed[:, 0], bolus), clipped

    def outcome(self, clipped: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Rewards, whether the subjects left what a body survives, and more, `(N,)` each."""
        glucose = self.ward.glucose
        ended = (glucose < ALIVE[0]) | (glucose > ALIVE[1])
        return -self.risk(np.maximum(glucose, 1.0)), ended, self.told() | {"clipped": clipped}

    def told(self) -> dict[str, np.ndarray]:
        """What a simulator knows and a clinic does not."""
        glucose = self.ward.glucose
        return {
            "glucose": glucose,
            "cost": (glucose < 70).astype(float),
            "state": self.ward.patients.states.copy(),
            "waiting": self.ward.patients.waiting.copy(),
        }


class Glucose(gymnasium.Env):
    """A subject with type 1 diabetes, a sensor and a pump; a step is five minutes.

    Parameters
    ----------
    subject : str, one of `names()`
    days : int, after which an episode is truncated
    reward : "magni" or "kovatchev": minus that risk of the plasma glucose after the step
    observation : "history" for `(98,)`, sensor and insulin of the last four hours, the newest last,
        the time of day and announced carbohydrate (`Reading`); "state" for `(16,)`: the model's 13
        states, the carbohydrate on the plate (g), D (mg) and the time of day
    bolus : whether actions have a second number, a bolus in U at the start of the step
    meals, noise, counting_error : as in `Ward`

    An action is insulin in U/h, from 0 to 43.2 times the subject's basal rate. What is outside is
    clipped, and `info["clipped"]` says so. `info` holds the plasma `glucose` (mg/dL), the `cost`
    (1 below 70 mg/dL), the model's whole `state` and the grams still `waiting` on the plate. An
    episode terminates outside 10 to 600 mg/dL. Explained in "Models are hard: diabetes".

    Raises `ValueError` for an unknown subject, reward or observation, and for an action that is
    not finite or of another shape.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}

    def __init__(
        self,
        subject: str = "adult#001",
        days: int = 1,
        reward: str = "magni",
        observation: str = "history",
        bolus: bool = False,
        meals: Meals = random_meals,
        noise: bool = True,
        counting_error: float = 0.0,
    ) -> None:
        self.ward = Ward(subjects([subject]), days, meals, noise, counting_error)
        self._rules = _Rules(self.ward, reward, observation, bolus)
        self.action_space = self._rules.action_space()
        self.observation_space = self._rules.observation_space()
        self._going_on = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Midnight, fasting, on the basal rate, with new meals and sensor errors."""
        super().reset(seed=seed)
        reading = self.ward.reset([self.np_random])
        self._going_on = True
        return self._rules.observe(reading)[0], _first(self._rules.told())

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Five minutes."""
        if not self._going_on:
            raise gymnasium.error.ResetNeeded("call reset() before the first step of an episode")
        reading, clipped = self._rules.give(np.asarray(action)[None])
        rewards, ended, info = self._rules.outcome(clipped)
        terminated = bool(ended[0])
        truncated = not terminated and self.ward.step_number >= self.ward.steps
        self._going_on = not (terminated or truncated)
        observation = self._rules.observe(reading)[0]
        return observation, float(rewards[0]), terminated, truncated, _first(info)


class GlucoseVector(VectorEnv):
    """N subjects side by side, a subject each; all parameters but `subjects` are `Glucose`'s.

    Parameters
    ----------
    wanted : names of the subjects; all 30 unless given

    There is no automatic reset: a day begins and ends for all at once. `terminated` says who is
    outside 10 to 600 mg/dL; their bodies are computed on.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "render_modes": [],
        "autoreset_mode": AutoresetMode.DISABLED,
    }

    def __init__(
        self,
        wanted: Sequence[str] | None = None,
        days: int = 1,
        reward: str = "magni",
        observation: str = "history",
        bolus: bool = False,
        meals: Meals = random_meals,
        noise: bool = True,
        counting_error: float = 0.0,
    ) -> None:
        self.ward = Ward(subjects(wanted), days, meals, noise, counting_error)
        self._rules = _Rules(self.ward, reward, observation, bolus)
        self.num_envs = len(self.ward.table)
        self.single_action_space = self._rules.action_space()
        self.single_observation_space = self._rules.observation_space()
        high = self._rules.high.astype(np.float32)
        self.action_space = spaces.Box(np.zeros_like(high), high, dtype=np.float32)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)

    def reset(
        self, *, seed: int | Sequence[int] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Midnight for all. An int gives subject n the seed `seed + n`, as Gymnasium does."""
        if seed is None:
            seeds: Sequence[int | None] = [None] * self.num_envs
        elif isinstance(seed, int | np.integer):
            seeds = [int(seed) + n for n in range(self.num_envs)]
        else:
            seeds = list(seed)
        if seed is not None or not hasattr(self, "_generators"):
            self._generators = [gymnasium.utils.seeding.np_random(s)[0] for s in seeds]
        return self._rules.observe(self.ward.reset(self._generators)), self._rules.told()

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Five minutes for all."""
        reading, clipped = self._rules.give(actions)
        rewards, ended, info = self._rules.outcome(clipped)
        over = np.full(self.num_envs, self.ward.step_number >= self.ward.steps)
        return self._rules.observe(reading), rewards, ended, over & ~ended, info


def _first(told: dict[str, np.ndarray]) -> dict[str, Any]:
    return {name: value[0] for name, value in told.items()}
