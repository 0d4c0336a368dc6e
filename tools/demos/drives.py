"""What the VAE explorer and the dream share: the trained networks, and real moments of driving."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mbrl_lib.envs.car_racing import CarRacingVector, SmoothedRandomPolicy
from mbrl_lib.storage import load_tensors
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    Controller,
    ControllerSettings,
    car_racing_action,
    to_input,
)
from mbrl_lib.world_models.weights import pretrained
from tools.demos import round_to_float16

ON_ROAD, ANYWHERE = 28, 12  # real frames that the demos ship: of a car on the road, of any
AGENT_SEEDS, RANDOM_SEEDS = range(31_000, 31_008), range(32_000, 32_004)  # tracks nobody trained on
DECISIONS = 260  # of each drive
ZOOM = 30  # the first decisions, during which the camera comes down to the car
EVERY = 6  # decisions between two candidates
SOON = 12  # decisions within which a car on the road reaches its next tile


@dataclass(frozen=True)
class Moments:
    """N real moments: `frame (N, 64, 64, 3)` of uint8, what V says, and M's memory of the way.

    `mean`, `std (N, Z)`; `h`, `c (N, hidden)`.
    """

    frame: np.ndarray
    mean: Tensor
    std: Tensor
    h: Tensor
    c: Tensor

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, rows: Tensor) -> Moments:
        """The moments of these numbers, or those marked."""
        return Moments(
            self.frame[rows.numpy()], self.mean[rows], self.std[rows], self.h[rows], self.c[rows]
        )


@lru_cache
def vision() -> VAE:
    """V as it comes with the course, computing in float32."""
    torch.set_num_threads(1)  # one frame at a time is too little for more
    return round_to_float16(VAE.load(pretrained("car_racing_vae"), bfloat16=False))


@lru_cache
def memory() -> MDNRNN:
    """M as it comes with the course."""
    return round_to_float16(MDNRNN.load(pretrained("car_racing_mdn_rnn")))


@lru_cache
def controller() -> tuple[Controller, Tensor]:
    """C as evolution left it, and its weights `(N,)`: refined for the road it dreams less well."""
    settings, tensors = load_tensors(pretrained("car_racing_controller_evolved"), "controller")
    if settings["cell"] or settings["layer"] or not settings["hidden"]:
        raise ValueError(f"the page's controller is linear in z and h; this one is {settings}")
    built = Controller(ControllerSettings(**settings), car_racing_action)
    return built, tensors["parameters"].half().float()


@torch.inference_mode()
def _drive(seed: int, agent: bool) -> tuple[Moments, Tensor]:
    """Every `EVERY`th moment of a drive, by the agent or at random, and which are on the road."""
    policy = SmoothedRandomPolicy(np.random.default_rng(seed))
    car, hidden = CarRacingVector(1), memory().initial_hidden(1)
    linear, parameters = controller()
    frame, columns, earned = car.reset([0], [seed]), [], []
    for t in range(DECISIONS):
        mean, std = vision().encode(to_input(frame))
        if t >= ZOOM and t % EVERY == 0:
            seen = torch.from_numpy(frame[0].copy())
            columns.append((seen, mean[0], std[0], hidden.h[0], hidden.c[0]))
        action = linear.act(parameters, linear.features(mean, hidden))
        if not agent:
            action = torch.from_numpy(policy.act(frame[0]))[None]
        hidden = memory().remember(mean, action, hidden)
        frame, reward, terminated, truncated = car.step([0], action.numpy())
        earned.append(reward[0] > 0)
        if terminated[0] or truncated[0]:
            break
    frames, mean, std, h, c = (torch.stack(column) for column in zip(*columns, strict=True))
    times = range(ZOOM, DECISIONS, EVERY)[: len(frames)]
    on_road = torch.tensor([any(earned[t : t + SOON]) for t in times])
    return Moments(frames.numpy(), mean, std, h.half().float(), c.half().float()), on_road


@lru_cache
def moments() -> Moments:
    """Real moments that differ as much as they can: `ON_ROAD` of the agent's, then `ANYWHERE`.

    The latter come from all drives, at random ones too, with the car in the grass or not.
    """
    agent = [_drive(seed, True) for seed in AGENT_SEEDS]
    at_random = [_drive(seed, False) for seed in RANDOM_SEEDS]
    road = _join([drive[on_road] for drive, on_road in agent])
    rest = _join([drive for drive, _ in agent + at_random])
    chosen = road[_farthest(road.mean, ON_ROAD, road.mean.mean(dim=0, keepdim=True), first=True)]
    return _join([chosen, rest[_farthest(rest.mean, ANYWHERE, chosen.mean)]])


def _join(parts: list[Moments]) -> Moments:
    names = ("mean", "std", "h", "c")
    joined = (torch.cat([getattr(part, name) for part in parts]) for name in names)
    return Moments(np.concatenate([part.frame for part in parts]), *joined)


def _farthest(z: Tensor, count: int, taken: Tensor, first: bool = False) -> Tensor:
    """Numbers of `count` rows of `z (N, Z)`, each as far as can be from those taken before.

    With `first` the first one is the row nearest to `taken`: the most ordinary.
    """
    distance = torch.cdist(z, taken).min(dim=1).values
    chosen = [int(distance.argmin())] if first else [int(distance.argmax())]
    distance = torch.full_like(distance, float("inf")) if first else distance
    while len(chosen) < count:
        distance = distance.minimum((z - z[chosen[-1]]).norm(dim=1))
        chosen.append(int(distance.argmax()))
    return torch.tensor(chosen)


def numbers(tensor: Tensor, decimals: int = 7) -> list:
    """A tensor as nested lists of rounded numbers, for the golden values."""
    if tensor.dim() == 0:
        return round(float(tensor), decimals)
    return [numbers(row, decimals) for row in tensor]
