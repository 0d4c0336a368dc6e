r"""Two evolution strategies written out: the simplest there is, and CMA-ES.

Both keep a normal distribution over weights, draw a population from it (`ask`), and move it towards
the better ones once their returns are known (`tell`). They differ in what they learn: the simple
one where to look, CMA-ES also how far, and in which directions. `evolve` uses the library `cma`;
these are for reading, and are checked against it.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from mbrl_lib import validate


class Strategy(Protocol):
    """Finds the x, `(N,)`, with the largest return."""

    mean: np.ndarray

    def ask(self) -> np.ndarray:
        """A population, `(K, N)`."""
        ...

    def tell(self, returns: np.ndarray) -> None:
        """The returns `(K,)` of the population asked for last."""
        ...


class SimpleES:
    """Draw around the mean, let the mean of the best be the next one, and draw a little closer.

    Parameters
    ----------
    start : array `(N,)`, the first mean
    sigma : float, standard deviation of every weight at first
    random : numpy Generator
    population : int, K
    elites : int, how many of them the next mean is made of
    decay : float in (0, 1], what sigma is multiplied by after each generation

    How far to look is not learned here: sigma shrinks as fast as it was told, whether or not the
    mean has arrived. Explained in the chapter "Controller".
    """

    def __init__(
        self,
        start: np.ndarray,
        sigma: float,
        random: np.random.Generator,
        population: int = 64,
        elites: int = 16,
        decay: float = 0.99,
    ) -> None:
        validate.positive("sigma", sigma)
        validate.at_least("elites", elites, 1)
        validate.at_least("population", population, elites)
        validate.fraction("decay", decay)
        self.mean, self.sigma = np.array(start, dtype=np.float64), sigma
        self.population, self.elites, self.decay = population, elites, decay
        self._random = random

    def ask(self) -> np.ndarray:
        """A population, `(K, N)`."""
        noise = self._random.standard_normal((self.population, self.mean.size))
        self._candidates = self.mean + self.sigma * noise
        return self._candidates

    def tell(self, returns: np.ndarray) -> None:
        """Move to the mean of the elites; NaN counts as the worst."""
        self.mean = self._candidates[ranking(returns, self.population)[: self.elites]].mean(axis=0)
        self.sigma *= self.decay


class CMAES:
    r"""Covariance matrix adaptation: candidates are $m + \sigma\, y$ with $y \sim N(0, C)$.

    After each generation

    - the mean $m$ moves to a weighted mean of the better half;
    - the path $p_\sigma$ adds up the mean's steps. If it is longer than that of a random walk, the
      steps point one way and $\sigma$ grows; if it is shorter, they undo each other and it shrinks;
    - $C$ is pulled towards the steps that paid: towards $p_c$, along which the mean has travelled
      (rank one), and towards the better half's (rank μ).

    Parameters
    ----------
    start : array `(N,)`, the first mean
    sigma : float, the first step size; C is the identity at first
    random : numpy Generator
    population : int or None, K; None for the usual 4 + 3 ln N

    Equations and constants as in Hansen (2016), "The CMA evolution strategy: a tutorial", with
    positive weights only. Explained in the chapter "Controller".
    """

    def __init__(
        self,
        start: np.ndarray,
        sigma: float,
        random: np.random.Generator,
        population: int | None = None,
    ) -> None:
        validate.positive("sigma", sigma)
        self.mean, self.sigma = np.array(start, dtype=np.float64), float(sigma)
        n = self.mean.size
        self.population = population or 4 + int(3 * math.log(n))
        validate.at_least("population", self.population, 4)
        self._random = random
        self._set_constants(n, self.population // 2)
        self.covariance = np.eye(n)  # C
        self.path_sigma, self.path_c = np.zeros(n), np.zeros(n)
        self.generation = 0

    def _set_constants(self, n: int, mu: int) -> None:
        """Weights and learning rates, which depend on N and K alone."""
        raw = math.log((self.population + 1) / 2) - np.log(np.arange(1, mu + 1))
        self.weights = raw / raw.sum()
        self.mu_eff = me = 1 / np.square(self.weights).sum()  # candidates that count, in effect
        self.c_sigma = (me + 2) / (n + me + 5)
        self.d_sigma = 1 + self.c_sigma + 2 * max(0.0, math.sqrt((me - 1) / (n + 1)) - 1)
        self.c_c = (4 + me / n) / (n + 4 + 2 * me / n)
        self.c_1 = 2 / ((n + 1.3) ** 2 + me)
        self.c_mu = min(1 - self.c_1, 2 * (1 / 4 + me + 1 / me - 2) / ((n + 2) ** 2 + me))
        self.chi = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))  # E |N(0, I)|

    def ask(self) -> np.ndarray:
        """A population, `(K, N)`."""
        eigenvalues, self._axes = np.linalg.eigh(self.covariance)
        self._lengths = np.sqrt(np.maximum(eigenvalues, 1e-30))
        noise = self._random.standard_normal((self.population, self.mean.size))
        self._steps = (noise * self._lengths) @ self._axes.T  # y, drawn from N(0, C)
        return self.mean + self.sigma * self._steps

    def tell(self, returns: np.ndarray) -> None:
        """Adapt mean, paths, step size and covariance; NaN counts as the worst."""
        order = ranking(returns, self.population)[: self.weights.size]
        better = self._steps[order]
        step = self.weights @ better
        self.mean = self.mean + self.sigma * step
        self.generation += 1
        kept = self._add_to_paths(step)
        self.covariance = (
            (1 - self.c_1 * kept - self.c_mu) * self.covariance
            + self.c_1 * np.outer(self.path_c, self.path_c)
            + self.c_mu * (better.T * self.weights) @ better
        )
        stretch = np.linalg.norm(self.path_sigma) / self.chi - 1
        self.sigma *= math.exp(self.c_sigma / self.d_sigma * stretch)

    def _add_to_paths(self, step: np.ndarray) -> float:
        """Exponentially weighted sums of the mean's steps; that for sigma with C taken out.

        Returns the share of the rank-one update that C gives up its own for: 1, or less when the
        path for it was not added to.
        """
        c_s, c_c = self.c_sigma, self.c_c
        whitened = self._axes @ ((self._axes.T @ step) / self._lengths)  # C^(-1/2) y
        self.path_sigma = (1 - c_s) * self.path_sigma + math.sqrt(
            c_s * (2 - c_s) * self.mu_eff
        ) * whitened
        # while the path is far too long, sigma is what is wrong: C does not learn from it
        typical = math.sqrt(1 - (1 - c_s) ** (2 * self.generation)) * self.chi
        learn = np.linalg.norm(self.path_sigma) < (1.4 + 2 / (self.mean.size + 1)) * typical
        self.path_c = (1 - c_c) * self.path_c
        if learn:
            self.path_c = self.path_c + math.sqrt(c_c * (2 - c_c) * self.mu_eff) * step
        return 1.0 if learn else 1 - c_c * (2 - c_c)


def ranking(returns: np.ndarray, population: int) -> np.ndarray:
    """Numbers of the candidates, the best first; NaN counts as the worst.

    Raises `ValueError` unless there is one return for each of the population.
    """
    returns = np.asarray(returns, dtype=np.float64)
    if returns.shape != (population,):
        raise ValueError(f"returns must have shape ({population},); got {returns.shape}")
    return np.argsort(-np.where(np.isnan(returns), -np.inf, returns), kind="stable")
