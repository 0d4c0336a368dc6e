"""Take cover: fireballs come, and all one can do is step aside. VizDoom's scenario, 64×64 pixels.

Imps at the far wall of a room throw fireballs at an agent that moves left and right along the near
wall and sees what is in front of it; there are more imps the longer it lasts, two hits or three
are the end, and so are 2,100 tics (a minute at Doom's 35 tics a second). One decision holds for
4 tics, and pays 1 for each tic survived: 4 a decision, 2,100 at most.

A frame is the game's 160×120 screen without status bar, of which the middle 60 rows are kept (what
moves is there; the rest is floor and ceiling), area-scaled to 64×64 RGB bytes. Ha and Schmidhuber
(2018) scale a 640×480 screen to 64×64, after cutting off the rows of the status bar, and decide in
every tic. Their environment was Gym's `DoomTakeCover-v0`; the scenario is the same. The limit of
2,100 tics is set here, since the scenario has none.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import cv2
import gymnasium
import numpy as np
from gymnasium import spaces

from mbrl_lib import validate

FRAME = (64, 64, 3)
LEFT, STAY, RIGHT = range(3)
TIC_LIMIT = 2100
_BUTTONS = ([True, False], [False, False], [False, True])  # move left, move right
_ROWS = slice(30, 90)  # of the 120 on the screen


def shrink(screen: np.ndarray) -> np.ndarray:
    """A screen `(120, 160, 3)` as the frame `(64, 64, 3)` that an agent sees, both of uint8."""
    if screen.shape != (120, 160, 3) or screen.dtype != np.uint8:
        raise ValueError(
            "screen must be uint8 of shape (120, 160, 3); "
            f"got {screen.dtype} of shape {screen.shape}"
        )
    return cv2.resize(screen[_ROWS], FRAME[:2], interpolation=cv2.INTER_AREA)


class TakeCover(gymnasium.Env):
    """VizDoom's take cover, headless, in a process of its own that starts with the first reset.

    Observations are frames `(64, 64, 3)` of uint8; actions are 0 left, 1 stay, 2 right. The
    observation after death is the last frame there was. `info["tics"]` says how long the episode
    has lasted. A seed given to `reset` makes the episode reproducible, whatever came before it.

    Parameters
    ----------
    frame_skip : int, tics for which a decision holds
    render_mode : None or "rgb_array": `render` returns the whole screen, `(120, 160, 3)`

    Raises `ImportError` when VizDoom is not installed. When the game's process dies, `step` and
    `reset` raise `RuntimeError`, and the next `reset` starts a new one.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 9}

    def __init__(self, frame_skip: int = 4, render_mode: str | None = None) -> None:
        validate.at_least("frame_skip", frame_skip, 1)
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None or 'rgb_array'; got {render_mode!r}")
        self._vizdoom = _import_vizdoom()
        self.frame_skip, self.render_mode = frame_skip, render_mode
        self.observation_space = spaces.Box(0, 255, FRAME, np.uint8)
        self.action_space = spaces.Discrete(3)
        self._game: Any = None
        self._screen: np.ndarray | None = None
        self._running = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode; the same seed starts the same one."""
        super().reset(seed=seed)
        game_seed = int(self.np_random.integers(2**32))
        self._running = False
        self._ask(lambda game: game.set_seed(game_seed))
        self._ask(lambda game: game.new_episode())
        self._look()
        self._running = True
        return shrink(self._screen), {"tics": 0}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Hold a decision for `frame_skip` tics, or until the episode ends.

        The reward is the number of tics survived. Raises `ValueError` for an action that is not
        0, 1 or 2.
        """
        if not self._running:
            raise gymnasium.error.ResetNeeded("call reset() before the first step of an episode")
        if not self.action_space.contains(action):
            raise ValueError(f"action must be in {self.action_space}; got {action!r}")
        reward = self._ask(lambda game: game.make_action(_BUTTONS[action], self.frame_skip))
        self._running = not self._ask(lambda game: game.is_episode_finished())
        if self._running:
            self._look()
        dead = not self._running and self._ask(lambda game: game.is_player_dead())
        info = {"tics": int(self._ask(lambda game: game.get_total_reward()))}
        truncated = not (self._running or dead)
        return shrink(self._screen), float(reward), bool(dead), truncated, info

    def render(self) -> np.ndarray | None:
        """The whole screen, `(120, 160, 3)` of uint8; needs "rgb_array"."""
        return self._screen if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """End the game's process."""
        if self._game is not None:
            self._game.close()
            self._game = None
        self._running = False

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        """What the game answers. Raises `RuntimeError` when its process is gone."""
        if self._game is None:
            self._game = _start(self._vizdoom)
        try:
            return question(self._game)
        except (
            self._vizdoom.ViZDoomErrorException,
            self._vizdoom.ViZDoomUnexpectedExitException,
            self._vizdoom.ViZDoomIsNotRunningException,
        ) as error:
            self.close()
            raise RuntimeError(
                f"VizDoom's process has died ({error}) and this episode is lost; "
                "reset() starts a new process"
            ) from error

    def _look(self) -> None:
        self._screen = self._ask(lambda game: game.get_state()).screen_buffer


def _import_vizdoom() -> ModuleType:
    try:
        import vizdoom
    except ImportError as error:
        raise ImportError(
            "take cover needs VizDoom, which is not installed: python -m pip install vizdoom"
        ) from error
    return vizdoom


def _start(vizdoom: ModuleType) -> Any:
    """A running game."""
    game = vizdoom.DoomGame()
    game.load_config(str(Path(vizdoom.scenarios_path) / "take_cover.cfg"))
    # the game writes its own settings when it ends: not into the folder one happens to be in
    game.set_doom_config_path(str(Path(tempfile.gettempdir()) / f"take_cover_{os.getuid()}.ini"))
    game.set_screen_resolution(vizdoom.ScreenResolution.RES_160X120)
    game.set_screen_format(vizdoom.ScreenFormat.RGB24)
    game.set_window_visible(False)
    game.set_sound_enabled(False)
    game.set_episode_timeout(TIC_LIMIT)
    game.set_mode(vizdoom.Mode.PLAYER)
    game.init()
    return game


# --- what acts without a model ------------------------------------------------------------------


class Held:
    """Acts at random, holding each action: for `hold` decisions, or drawn for every episode.

    Parameters
    ----------
    hold : int, decisions; or `(shortest, longest)`: for each episode a longest hold is drawn
        log-uniformly between them, and each action of it is held for a uniform part of that
    random : numpy Generator

    Every tic at random is `hold=1` in an environment with a frame skip of 1.
    """

    def __init__(self, hold: int | tuple[int, int], random: np.random.Generator) -> None:
        self.shortest, self.longest = (hold, hold) if isinstance(hold, int) else hold
        validate.at_least("hold", self.shortest, 1)
        validate.at_least("hold", self.longest, self.shortest)
        self.random = random
        self.reset()

    def reset(self) -> None:
        """Draw what the next episode is like."""
        self._left = 0
        low, high = np.log([self.shortest, self.longest])
        self._hold = round(float(np.exp(self.random.uniform(low, high))))

    def act(self, observation: np.ndarray) -> int:
        """The action that is held; a new one when its time is over."""
        if self._left == 0:
            self._action = int(self.random.integers(3))
            steady = self.shortest == self.longest
            self._left = self._hold if steady else int(self.random.integers(1, self._hold + 1))
        self._left -= 1
        return self._action


class Still:
    """Never moves."""

    def reset(self) -> None:
        """Nothing to forget."""

    def act(self, observation: np.ndarray) -> int:
        """Stay."""
        return STAY


class Sweep:
    """Runs left and right by the clock, seeing nothing.

    Parameters
    ----------
    half_period : int, decisions in each direction
    """

    def __init__(self, half_period: int) -> None:
        validate.at_least("half_period", half_period, 1)
        self.half_period = half_period
        self.reset()

    def reset(self) -> None:
        """Begin with the left."""
        self._decisions = 0

    def act(self, observation: np.ndarray) -> int:
        """Left for `half_period` decisions, right for as many, and so on."""
        turn = self._decisions // self.half_period % 2
        self._decisions += 1
        return RIGHT if turn else LEFT
