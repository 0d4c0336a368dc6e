"""The cross-entropy method made cheap: smooth noise, fewer and fewer samples, elites kept."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.planning.cem import refit
from mbrl_lib.planning.problem import PlanningProblem
from mbrl_lib.planning.rollout import evaluate_candidates
from mbrl_lib.types import Plan


@dataclass(frozen=True)
class ICEMSettings:
    """How iCEM searches; names as in Pinneri et al. (2020)."""

    candidates: int = 64  # K in the first round
    horizon: int = 20  # H
    iterations: int = 3  # rounds
    elites: int = 8  # the best sequences, to which the next round is fitted
    noise_beta: float = 2.0  # exponent of the noise's spectrum: 0 white, larger smoother
    decay: float = 1.25  # each round has so many times fewer candidates, at least 2 * elites
    keep: float = 0.3  # share of the elites that compete again in the next round
    init_std: float = 0.5  # of the first round, as a share of half the action range
    momentum: float = 0.1  # share of the old mean and std that is kept

    def __post_init__(self) -> None:
        for name in ("candidates", "horizon", "iterations", "elites"):
            validate.at_least(name, getattr(self, name), 1)
        if self.elites > self.candidates:
            raise ValueError(
                f"elites must not exceed candidates; got {self.elites} of {self.candidates}"
            )
        if self.noise_beta < 0 or self.decay < 1:
            raise ValueError(
                "noise_beta must not be below 0 nor decay below 1; "
                f"got {self.noise_beta!r} and {self.decay!r}"
            )
        validate.positive("init_std", self.init_std)
        validate.fraction("keep", self.keep)
        validate.fraction("momentum", self.momentum)


def coloured_noise(
    candidates: int, horizon: int, size: int, beta: float, generator: torch.Generator
) -> Tensor:
    r"""`(K, H, A)` normal noise, of variance 1, whose power falls like $1 / f^\beta$ over time.

    White noise makes an actuator tremble on the spot; noise with memory goes somewhere. Made by
    scaling the Fourier coefficients of white noise (Timmer and Koenig, 1995).
    """
    for name, value in (("candidates", candidates), ("horizon", horizon), ("size", size)):
        validate.at_least(name, value, 1)
    white = torch.randn(candidates, size, horizon, generator=generator)
    frequencies = torch.fft.rfftfreq(horizon).clamp(min=1 / horizon)  # 0 is taken as the lowest
    scale = frequencies ** (-beta / 2)
    counts = torch.full_like(scale, 2.0)  # every frequency stands for its negative as well,
    counts[0] = 1.0  # but for 0
    if horizon % 2 == 0:
        counts[-1] = 1.0  # and the highest
    scale = scale / (counts * scale.square()).sum().div(horizon).sqrt()
    return torch.fft.irfft(torch.fft.rfft(white) * scale, n=horizon).mT


@dataclass(frozen=True)
class ICEM:
    """Cross-entropy search with coloured noise, shrinking rounds and kept elites.

    Of the improvements of Pinneri et al. (2020): coloured noise, fewer candidates each round,
    elites that compete again, the mean as a candidate of the last round, the best sequence of all
    as the plan. Between steps only the plan is handed on, by `warm_start`.
    Explained in the chapter "Random shooting".
    """

    problem: PlanningProblem
    settings: ICEMSettings = ICEMSettings()

    def plan(
        self, state: Tensor, generator: torch.Generator, warm_start: Tensor | None = None
    ) -> Plan:
        """Search from `state (S,)`; `warm_start (H, A)` is the first mean."""
        s, problem = self.settings, self.problem
        half = (problem.high - problem.low) / 2
        mean = (problem.low + half).expand(s.horizon, -1)
        if warm_start is not None:
            validate.tensor("warm_start", warm_start, (s.horizon, problem.action_size))
            mean = warm_start
        std = (s.init_std * half).expand(s.horizon, -1)
        kept = mean[None]  # also in the first round: what was planned a step ago competes
        best, best_return = mean, torch.tensor(-torch.inf)
        for round_number in range(s.iterations):
            count = max(int(s.candidates * s.decay**-round_number), min(2 * s.elites, s.candidates))
            noise = coloured_noise(count, *mean.shape, s.noise_beta, generator)
            last = [mean[None]] if round_number == s.iterations - 1 else []
            # the mean first and later rounds last: of equals, the calmest sequence is taken
            actions = torch.cat([*last, mean + std * noise, kept]).clamp(problem.low, problem.high)
            returns = evaluate_candidates(problem, state, actions, generator)
            leader = returns.argmax()
            if returns[leader] >= best_return:
                best, best_return = actions[leader], returns[leader]
            elite_mean, elite_std = refit(actions, returns, s.elites)
            mean = s.momentum * mean + (1 - s.momentum) * elite_mean
            std = s.momentum * std + (1 - s.momentum) * elite_std
            kept = actions[returns.topk(max(1, int(s.keep * s.elites))).indices]
        return Plan(best, actions, returns)
