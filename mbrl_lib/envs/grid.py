"""A toy grid world whose rules and rewards can change while somebody is learning them.

A map is a tuple of equally long strings, a character for each cell:

| character | cell |
|---|---|
| `.` | free |
| `#` | a wall; whoever walks into it, or off the map, stays where they are |
| `S` | free, and a start |
| `G` | a goal: the episode ends |
| `H` | a hazard: the episode ends |

States are numbered row by row from the upper left, walls included; actions are 0 up, 1 right,
2 down, 3 left. The world is small enough to be written down as tables and solved exactly, which
is what `value_iteration` does. Source of the two maps: Sutton and Barto (2018), figure 8.2 (a maze
of theirs for Dyna-Q) and example 6.6 (the cliff).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces

from mbrl_lib import validate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ARROWS = "↑→↓←"
_MOVES = np.array([(-1, 0), (0, 1), (1, 0), (0, -1)])
_COLORS = {"wall": (134, 142, 153), "G": (47, 148, 112), "H": (192, 90, 148), "S": (47, 127, 181)}

MAZE = (
    ".......#G",
    "..#....#.",
    "S.#....#.",
    "..#......",
    ".....#...",
    ".........",
)
CLIFF = (
    "............",
    "............",
    "............",
    "SHHHHHHHHHHG",
)


@dataclass(frozen=True)
class GridRules:
    """A map, how slippery it is, and what its cells pay when they are entered."""

    layout: tuple[str, ...] = MAZE  # the map
    slip: float = 0.0  # chance that a step goes to the left or right of the one intended
    step_reward: float = 0.0  # for a step that ends neither at a goal nor in a hazard
    goal_reward: float = 1.0  # for the step into a goal
    hazard_reward: float = -1.0  # for the step into a hazard

    def __post_init__(self) -> None:
        validate.fraction("slip", self.slip)
        for name in ("step_reward", "goal_reward", "hazard_reward"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and np.isfinite(value)):
                raise ValueError(f"{name} must be a finite number; got {value!r}")
        if len({len(row) for row in self.layout}) != 1 or not self.layout[0]:
            raise ValueError(f"a map's rows must be of one length, above 0; got {self.layout}")
        strange = sorted(set("".join(self.layout)) - set(".#SGH"))
        if strange:
            raise ValueError(f"a map has the characters . # S G H; got {', '.join(strange)}")
        if "S" not in "".join(self.layout):
            raise ValueError(f"a map needs a start S; got {self.layout}")

    @classmethod
    def cliff(cls) -> GridRules:
        """The cliff: -1 a step, -100 over the edge, which here ends the episode."""
        return cls(CLIFF, step_reward=-1.0, goal_reward=-1.0, hazard_reward=-100.0)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.layout), len(self.layout[0])

    @cached_property
    def cells(self) -> np.ndarray:
        """The map's characters, one for each state: `(S,)`."""
        return np.array(list("".join(self.layout)))

    @cached_property
    def moves(self) -> np.ndarray:
        """Where a step leads that does not slip: `(S, 4)` of states."""
        rows, columns = self.shape
        here = np.indices(self.shape).reshape(2, -1).T  # (S, 2)
        there = here[:, None] + _MOVES  # (S, 4, 2)
        inside = ((there >= 0) & (there < self.shape)).all(axis=-1)
        row, column = np.clip(there, 0, (rows - 1, columns - 1)).transpose(2, 0, 1)
        state = row * columns + column
        blocked = ~inside | (self.cells[state] == "#")
        return np.where(blocked, np.arange(rows * columns)[:, None], state)

    @cached_property
    def entry_reward(self) -> np.ndarray:
        """What the step into each state pays: `(S,)`."""
        paid = {"G": self.goal_reward, "H": self.hazard_reward}
        return np.array([float(paid.get(cell, self.step_reward)) for cell in self.cells])

    @cached_property
    def terminal(self) -> np.ndarray:
        """The states that end an episode: `(S,)` of bool."""
        return np.isin(self.cells, ("G", "H"))


@dataclass(frozen=True)
class GridTables:
    """The world written down: what dynamic programming knows and a model-free learner does not.

    Attributes
    ----------
    transition : ndarray `(S, A, S)`, the probability of each next state
    reward : ndarray `(S, A)`, expected
    terminal : ndarray `(S,)` of bool; from these, and from walls, nothing is earned any more
    """

    transition: np.ndarray
    reward: np.ndarray
    terminal: np.ndarray


class Grid(gymnasium.Env):
    """Walk through a map. The state is the number of the agent's cell, the action a direction.

    Parameters
    ----------
    rules : GridRules, by default the maze with reward 1 at the goal
    render_mode : None or "rgb_array"

    The chapter "Model-free RL, recap" acts in it.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, render_mode: str | None = None, rules: GridRules = GridRules()) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode must be None or 'rgb_array'; got {render_mode!r}")
        self.render_mode, self.rules = render_mode, rules
        self.observation_space = spaces.Discrete(rules.cells.size)
        self.action_space = spaces.Discrete(len(_MOVES))
        self.state: int | None = None
        self._running = False

    def change(self, **changes: object) -> None:
        """Change some of the rules from the next step on; the learner is not told.

            env.unwrapped.change(slip=0.2)
            env.unwrapped.change(layout=new_map)  # another goal, other walls

        Parameters
        ----------
        changes : fields of `GridRules` with their new values; a map keeps its size

        Raises
        ------
        ValueError
            For an unknown rule, a map of another size, or one that walls in the agent or ends
            the episode where the agent stands now.
        """
        unknown = sorted(changes.keys() - GridRules.__dataclass_fields__.keys())
        if unknown:
            known = ", ".join(GridRules.__dataclass_fields__)
            raise ValueError(f"the rules are {known}; got {', '.join(unknown)}")
        rules = replace(self.rules, **changes)
        if rules.shape != self.rules.shape:
            raise ValueError(f"the map must stay {self.rules.shape}; got {rules.shape}")
        if self._running:
            self._require_free(rules, self.state)
        self.rules = rules

    def tables(self) -> GridTables:
        """The transition and reward tables of the present rules."""
        rules, size = self.rules, self.rules.cells.size
        transition = np.zeros((size, 4, size))
        stuck = rules.terminal | (rules.cells == "#")
        for turn, chance in ((0, 1 - rules.slip), (1, rules.slip / 2), (-1, rules.slip / 2)):
            ends = np.where(stuck[:, None], np.arange(size)[:, None], rules.moves)
            reached = np.roll(ends, -turn, axis=1)  # the direction really taken is action + turn
            np.add.at(transition, (np.arange(size)[:, None], np.arange(4), reached), chance)
        reward = np.where(stuck[:, None], 0.0, transition @ rules.entry_reward)
        return GridTables(transition, reward, stuck)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.int64, dict[str, Any]]:
        """Start an episode at one of the starts; `options={"state": number}` chooses the cell."""
        super().reset(seed=seed)
        if options and "state" in options:
            state = options["state"]
            if not self.observation_space.contains(state):
                raise ValueError(f"state must be in {self.observation_space}; got {state!r}")
            self._require_free(self.rules, state)
            self.state = int(state)
        else:
            self.state = int(self.np_random.choice(np.flatnonzero(self.rules.cells == "S")))
        self._running = True
        return np.int64(self.state), {}

    def step(self, action: int) -> tuple[np.int64, float, bool, bool, dict[str, Any]]:
        """One step: the next state, its reward, and whether it ends the episode.

        Raises `ValueError` for an action that is not 0, 1, 2 or 3.
        """
        if not self._running:
            raise gymnasium.error.ResetNeeded("call reset() before the first step of an episode")
        if not self.action_space.contains(action):
            raise ValueError(f"action must be in {self.action_space}; got {action!r}")
        chance, turn = self.np_random.random(), 0
        if chance < self.rules.slip:
            turn = 1 if chance < self.rules.slip / 2 else -1
        self.state = int(self.rules.moves[self.state, (action + turn) % 4])
        reward = float(self.rules.entry_reward[self.state])
        self._running = not self.rules.terminal[self.state]
        return np.int64(self.state), reward, not self._running, False, {}

    def render(self) -> np.ndarray | None:
        """The map and the agent, `(24 rows, 24 columns, 3)` of uint8; needs "rgb_array"."""
        if self.render_mode != "rgb_array":
            return None
        pixels = np.full((self.rules.cells.size, 3), 245, np.uint8)
        for cell, color in _COLORS.items():
            pixels[self.rules.cells == ("#" if cell == "wall" else cell)] = color
        picture = pixels.reshape(*self.rules.shape, 3).repeat(24, axis=0).repeat(24, axis=1)
        if self.state is not None:
            row, column = (24 * int(i) for i in np.unravel_index(self.state, self.rules.shape))
            picture[row + 6 : row + 18, column + 6 : column + 18] = (209, 116, 31)
        return picture

    def draw(self, axes: Axes, palette: Mapping[str, str], q: np.ndarray | None = None) -> None:
        """Draw the map on matplotlib axes, as for `plotting.figure`.

        Parameters
        ----------
        axes : Axes
        palette : mapping of the names blue, green, pink and grey to colours: `plotting.PALETTE`
        q : ndarray `(S, A)`, if the value of each cell (shade) and its best action (arrow) are
            to be shown; cells whose values are all 0 stay empty
        """
        rows, columns = self.rules.shape
        shown = np.zeros(self.rules.cells.size, bool)
        if q is not None:
            shown = (q != 0).any(axis=1) & ~self.rules.terminal & (self.rules.cells != "#")
            best = q.max(axis=1)
            low, high = (best[shown].min(), best[shown].max()) if shown.any() else (0, 0)
        for state, cell in enumerate(self.rules.cells):
            row, column = divmod(state, columns)
            color, strength = {
                "#": (palette["grey"], 0.9), "G": (palette["green"], 0.8),
                "H": (palette["pink"], 0.6),
            }.get(cell, (palette["blue"], 0.0))  # fmt: skip
            text = {"G": "G", "H": "", "S": "S"}.get(cell, "")
            if shown[state]:
                share = (best[state] - low) / (high - low) if high > low else 1.0
                strength = 0.05 + 0.5 * share
                text = ARROWS[int(q[state].argmax())]
            axes.fill(
                [column, column + 1, column + 1, column], [row, row, row + 1, row + 1],
                color=color, alpha=strength, linewidth=0,
            )  # fmt: skip
            axes.text(column + 0.5, row + 0.52, text, ha="center", va="center", color="black")
        for line in range(rows + 1):
            axes.plot([0, columns], [line, line], color=palette["grey"], lw=0.5)
        for line in range(columns + 1):
            axes.plot([line, line], [0, rows], color=palette["grey"], lw=0.5)
        axes.set(xlim=(-0.02, columns + 0.02), ylim=(rows + 0.02, -0.02), aspect="equal")
        axes.axis("off")

    @staticmethod
    def _require_free(rules: GridRules, state: int) -> None:
        if rules.cells[state] not in (".", "S"):
            raise ValueError(f"the agent stands on {state}, a {rules.cells[state]!r} there")


def value_iteration(tables: GridTables, discount: float, tolerance: float = 1e-10) -> np.ndarray:
    """The optimal action values `(S, A)`: Bellman's equation, applied until nothing moves.

    Source: Sutton and Barto (2018), section 4.4. `discount` must be below 1, so that it ends.
    """
    _require_discount(discount)
    validate.positive("tolerance", tolerance)
    q = np.zeros_like(tables.reward)
    change = np.inf
    while change > tolerance:
        updated = tables.reward + discount * tables.transition @ q.max(axis=1)
        change, q = np.abs(updated - q).max(), updated
    return q


def policy_value(tables: GridTables, policy: np.ndarray, discount: float) -> np.ndarray:
    """What a policy `(S,)` of actions earns from each state, discounted: `(S,)`, exactly.

    Source: Sutton and Barto (2018), equation 4.4, solved as a linear system.
    """
    _require_discount(discount)
    size = tables.terminal.size
    if np.shape(policy) != (size,):
        raise ValueError(f"policy must have shape ({size},); got {np.shape(policy)}")
    states = np.arange(size)
    left = np.eye(size) - discount * tables.transition[states, policy]
    return np.linalg.solve(left, tables.reward[states, policy])


def _require_discount(discount: float) -> None:
    if not 0 <= discount < 1:
        raise ValueError(f"discount must lie in [0, 1), so that values are finite; got {discount}")
