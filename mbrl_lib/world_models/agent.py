"""V, M and C put together: from frames to actions, for many cars or players at once."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.episodes import Hidden
from mbrl_lib.world_models.frames import to_input


class Eye(Protocol):
    """What is asked of V."""

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """`(B, 3, 64, 64)` -> mean and standard deviation of z, `(B, Z)`."""
        ...


class Recurrent(Protocol):
    """What is asked of M here: to remember."""

    def initial_hidden(self, batch: int) -> Hidden:
        """The memory at the beginning of an episode."""
        ...

    def remember(self, z: Tensor, action: Tensor, hidden: Hidden) -> Hidden:
        """The memory after a step."""
        ...


class Agent:
    """Acts on frames in B environments side by side; each row has a memory of its own.

    Parameters
    ----------
    vision : V
    memory : M, or None for a controller that sees z alone
    controller : Controller
    parameters : Tensor, `(N,)` for all rows, or `(B, N)`, a vector for each

    z is the mean of what V says: the paper draws it, which makes the same car drive differently.
    Explained in the chapter "Car racing".
    """

    def __init__(
        self,
        vision: Eye,
        memory: Recurrent | None,
        controller: Controller,
        parameters: Tensor,
    ) -> None:
        if memory is None and controller.settings.hidden:
            raise ValueError("this controller sees M's memory, and there is no M")
        validate.finite("parameters", parameters)
        self.vision, self.memory, self.controller = vision, memory, controller
        self.parameters = parameters
        self._hidden: Hidden | None = None

    def reset(self, rows: Tensor | None = None) -> None:
        """Forget everything, or what the rows marked in `(B,)` of bool remember."""
        if rows is None:
            self._hidden = None
        elif self._hidden is not None:
            keep = (~rows).float()[:, None]
            self._hidden = Hidden(*(x * keep for x in self._hidden))

    @torch.inference_mode()
    def begin(self, row: int, parameters: Tensor) -> None:
        """Row `row` forgets, and from now on acts by another vector `(N,)`."""
        if self.parameters.dim() == 1:
            raise ValueError("the rows share one vector, so none can begin with its own")
        self.parameters[row] = parameters
        if self._hidden is not None:
            for kept in self._hidden:
                kept[row] = 0.0

    @torch.inference_mode()
    def act_batch(self, frames: np.ndarray, rows: Tensor | None = None) -> Tensor:
        """Actions `(n, A)` for frames `(n, 64, 64, 3)` of uint8: of all B rows, or of `rows (n,)`.

        Rows can only be chosen where each has a vector of its own.
        """
        z, _ = self.vision.encode(to_input(frames))
        parameters = self.parameters if rows is None else self.parameters[rows]
        if self.memory is None:
            return self.controller.act(parameters, z)
        if self._hidden is None:
            count = len(frames) if rows is None else len(self.parameters)
            self._hidden = Hidden(*(x.clone() for x in self.memory.initial_hidden(count)))
        hidden = self._hidden if rows is None else Hidden(*(x[rows] for x in self._hidden))
        action = self.controller.act(parameters, self.controller.features(z, hidden))
        following = self.memory.remember(z, action, hidden)
        if rows is None:
            self._hidden = following
        else:
            for kept, new in zip(self._hidden, following, strict=True):
                kept[rows] = new
        return action

    def act(self, observation: np.ndarray) -> np.ndarray:
        """The action `(A,)` for one frame `(64, 64, 3)`."""
        return self.act_batch(observation[None])[0].numpy()
