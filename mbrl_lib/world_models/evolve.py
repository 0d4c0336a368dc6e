"""Evolution of a controller: CMA-ES by the library `cma`, shared episodes, going on after a kill.

A generation is K vectors of weights drawn around a mean; all of them are tried on the same
episodes, so that none is lucky in its tracks, and the next generation is drawn around the better
ones (Hansen, 2016). Which episodes those are changes each generation. The best single candidate is
the luckiest one, so what counts is the mean, now and then evaluated on held-out episodes.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import cma
import numpy as np
import torch
from joblib import Parallel, delayed
from torch import Tensor
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.storage import load_tensors, save_tensors_whole
from mbrl_lib.world_models.training import never


class Fitness(Protocol):
    """What is maximised. It is sent to worker processes: a function of a module, or small."""

    def __call__(
        self, parameters: Tensor, seeds: Sequence[int]
    ) -> Tensor | np.ndarray | tuple[np.ndarray, int]:
        """Returns `(K, R)` of K controllers `(K, N)` in the R episodes that the seeds start.

        Or the returns and how many steps they took altogether, to be counted in the history.
        """
        ...


@dataclass(frozen=True)
class EvolveSettings:
    """How evolution searches."""

    population: int = 64  # K, candidates a generation
    rollouts: int = 16  # episodes on which each candidate is tried
    generations: int = 100
    sigma: float = 0.1  # standard deviation of the first generation's weights
    separable: bool = True  # learn a variance for each weight only: N numbers, not N²
    risk: float = 0.0  # fitness is the mean return minus this times its std over the episodes
    average: int = 1  # generations over whose means is averaged for what is evaluated and kept
    evaluate_every: int = 10  # generations between evaluations of that on held-out episodes
    workers: int = 1  # processes; 1: none but this one
    ray: bool = False  # workers on a Ray cluster rather than on this machine
    retries: int = 3  # how often a generation is tried again when a worker dies
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in ("rollouts", "generations", "average", "evaluate_every", "workers"):
            validate.at_least(name, getattr(self, name), 1)
        validate.at_least("population", self.population, 4)
        validate.at_least("retries", self.retries, 0)
        validate.positive("sigma", self.sigma)
        if not 0 <= self.risk < float("inf"):
            raise ValueError(f"risk must be finite and not below 0; got {self.risk!r}")


@dataclass(frozen=True)
class Generation:
    """One point of the curve; returns are means over a candidate's episodes."""

    number: int  # counted from 1
    episodes: int  # tried so far, held-out ones not counted
    best: float  # the best candidate's return
    mean: float  # of the population
    worst: float
    sigma: float  # the step size after it
    seconds: float  # it took
    heldout_mean: float | None = None  # of the (averaged) mean, where it was evaluated
    heldout_std: float | None = None  # over the held-out episodes
    steps: int = 0  # taken so far, where the fitness counts them; held-out ones not counted


@dataclass
class Evolution:
    """What was found, and how.

    Attributes
    ----------
    mean : Tensor, `(N,)`, where the search stands: the mean of the distribution, or the average of
        its last ones
    best : Tensor, `(N,)`, the `mean` with the largest held-out return (minus risk times std) so
        far; without held-out episodes the same as `mean`
    best_return : float, that return
    history : list of Generation
    finished : bool, False when `should_stop` ended it
    """

    mean: Tensor
    best: Tensor
    best_return: float = -math.inf
    history: list[Generation] = field(default_factory=list)
    finished: bool = False


def evolve(
    fitness: Fitness,
    start: Tensor,
    generator: np.random.Generator,
    settings: EvolveSettings = EvolveSettings(),
    heldout: Sequence[int] = (),
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_generation: Callable[[Evolution], None] | None = None,
    judge: Fitness | None = None,
    directions: Tensor | None = None,
) -> Evolution:
    """Maximise `fitness` from `start (N,)` on.

    Parameters
    ----------
    fitness : from `(K, N)` and R seeds to returns `(K, R)`; NaN counts as worse than all others
    start : Tensor, the mean of the first generation
    generator : numpy Generator; one number is drawn from it
    heldout : seeds of the episodes on which the mean is evaluated, never evolved on
    checkpoint : file that is written after every generation, and from which the search goes on if
        it exists, with the numbers of a search that was never interrupted
    should_stop : asked after every generation; where it ends the search, the mean is evaluated once
        more, which the checkpoint does not keep
    on_generation : is given what there is after every generation
    judge : what held-out episodes are evaluated with, if not `fitness` itself: the real world,
        for a search in dreams
    directions : Tensor, `(D, N)`; with them only `start + y @ directions` is searched, over D
        coordinates y, of which `sigma` is the standard deviation

    Raises
    ------
    ValueError
        For returns of another shape, a generation of NaN only, a checkpoint of another search.
    RuntimeError
        When workers died in a generation more than `settings.retries` times; what was before it
        is in the checkpoint.

    Explained in the chapter "Controller".
    """
    validate.tensor("start", start, (None,))
    validate.finite("start", start)
    if directions is not None:
        validate.tensor("directions", directions, (None, len(start)))
        validate.finite("directions", directions)
    run = _Run(start, directions, settings, int(generator.integers(2**62)))
    if checkpoint is not None and checkpoint.exists():
        run.load(checkpoint)
    found = run.found
    found.finished = len(found.history) >= settings.generations
    bar = tqdm(
        total=settings.generations,
        initial=len(found.history),
        unit="gen",
        disable=not settings.progress,
    )
    with Workers(settings) as workers, bar:
        while not found.finished:
            _one_generation(run, fitness, judge or fitness, settings, heldout, workers)
            if checkpoint is not None:
                run.save(checkpoint)
            bar.update()
            bar.set_postfix(mean=found.history[-1].mean, best=found.history[-1].best)
            if on_generation is not None:
                on_generation(found)
            if should_stop():
                if len(heldout) and found.history[-1].heldout_mean is None:
                    _look(found, judge or fitness, settings, heldout, workers)
                break
    return found


def _one_generation(
    run: _Run,
    fitness: Fitness,
    judge: Fitness,
    settings: EvolveSettings,
    heldout: Sequence[int],
    workers: Workers,
) -> None:
    """Draw candidates and seeds, try them, learn from it; now and then look at the mean."""
    began, found, s = time.perf_counter(), run.found, settings
    seeds = run.random.integers(2**31, size=s.rollouts).tolist()
    candidates = run.weights(run.search.ask())
    returns, steps = workers.evaluate(fitness, candidates, seeds)
    run.search.tell(scores(returns, s.risk))
    found.mean = run.average()
    number = len(found.history) + 1
    seen = None
    if not len(heldout):
        found.best = found.mean.clone()
    elif number % s.evaluate_every == 0 or number == s.generations:
        seen = _look(found, judge, s, heldout, workers)
    steps += found.history[-1].steps if found.history else 0
    found.history.append(_record(number, returns, seen, run.search.sigma, began, s, steps))
    found.finished = number == s.generations


def _look(
    found: Evolution,
    judge: Fitness,
    settings: EvolveSettings,
    heldout: Sequence[int],
    workers: Workers,
) -> np.ndarray:
    """Returns `(1, R)` of the mean on held-out episodes; it is kept if it is the best so far."""
    seen, _ = workers.evaluate(judge, found.mean[None], heldout)
    score = float(scores(seen, settings.risk)[0])
    if score > found.best_return:
        found.best, found.best_return = found.mean.clone(), score
    return seen


def scores(returns: np.ndarray, risk: float = 0.0) -> np.ndarray:
    """What selection goes by, `(K,)`, from returns `(K, R)`: mean minus `risk` times std.

    A controller that mostly does well and sometimes spins out scores less the larger `risk` is.
    """
    with np.errstate(invalid="ignore"):  # where there is an infinity
        steady = returns.mean(axis=1) - risk * returns.std(axis=1)
    return np.where(np.isnan(steady), -np.inf, steady)


def _record(
    number: int,
    returns: np.ndarray,
    seen: np.ndarray | None,
    sigma: float,
    began: float,
    settings: EvolveSettings,
    steps: int,
) -> Generation:
    means = returns.mean(axis=1)
    return Generation(
        number,
        number * settings.population * settings.rollouts,
        float(means.max()),
        float(means.mean()),
        float(means.min()),
        sigma,
        time.perf_counter() - began,
        None if seen is None else float(seen.mean()),
        None if seen is None else float(seen.std()),
        steps,
    )


# --- many workers -------------------------------------------------------------------------------


class Workers:
    """Processes among which candidates are shared out, kept from one generation to the next.

    To be used in a `with` statement. When one dies, all are replaced and the work is done again:
    the same vectors, the same seeds.
    """

    def __init__(self, settings: EvolveSettings) -> None:
        self.settings = settings
        self._parallel: Parallel | None = None

    def __enter__(self) -> Workers:
        if self.settings.workers > 1 or self.settings.ray:
            backend = _backend(self.settings.ray)
            parallel = Parallel(self.settings.workers, backend=backend, batch_size=1)
            self._parallel = parallel.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._parallel is not None:
            self._parallel.__exit__(*error)
            self._parallel = None

    def evaluate(
        self, fitness: Fitness, parameters: Tensor, seeds: Sequence[int]
    ) -> tuple[np.ndarray, int]:
        """Returns `(K, R)`, and steps. Raises `RuntimeError` when workers died too often."""
        return self._retried(lambda: self._share_out(fitness, parameters, list(seeds)))

    def share(
        self, work: Callable[[Tensor, list[int]], Any], parameters: Tensor, seeds: Sequence[int]
    ) -> list[Any]:
        """What `work` makes of the same vector and each worker's part of the seeds, in order.

        Raises `RuntimeError` when workers died too often.
        """
        if self._parallel is None:
            return [work(parameters, list(seeds))]
        pieces = np.array_split(np.asarray(seeds), min(len(seeds), self.settings.workers))
        return self._retried(
            lambda: self._parallel(delayed(work)(parameters, piece.tolist()) for piece in pieces)
        )

    def _retried(self, work: Callable[[], Any]) -> Any:
        deaths = 0
        while True:
            try:
                return work()
            except _deaths(self.settings.ray) as error:
                deaths += 1
                if deaths > self.settings.retries:
                    raise RuntimeError(f"workers died {deaths} times in one generation") from error
                tqdm.write(f"a worker died, its generation is tried again: {type(error).__name__}")
                self.__exit__(None, None, None)
                self.__enter__()

    def _share_out(
        self, fitness: Fitness, parameters: Tensor, seeds: list[int]
    ) -> tuple[np.ndarray, int]:
        """Candidates split among workers, or seeds where there are fewer candidates than those."""
        if self._parallel is None:
            return _checked(fitness(parameters, seeds), len(parameters), len(seeds))
        by_seed = len(parameters) < self.settings.workers
        count = len(seeds) if by_seed else len(parameters)
        pieces = np.array_split(np.arange(count), min(count, self.settings.workers))
        jobs = [
            (parameters, [seeds[i] for i in piece]) if by_seed else (parameters[piece], seeds)
            for piece in pieces
        ]
        parts = self._parallel(delayed(fitness)(*job) for job in jobs)
        checked = [_checked(part, *map(len, job)) for part, job in zip(parts, jobs, strict=True)]
        returns = np.concatenate([part for part, _ in checked], axis=1 if by_seed else 0)
        return returns, sum(steps for _, steps in checked)


def _checked(came: Any, candidates: int, episodes: int) -> tuple[np.ndarray, int]:
    """Returns as numbers that can be compared, NaN being worse than every other, and steps."""
    returns, steps = came if isinstance(came, tuple) else (came, 0)
    if isinstance(returns, Tensor):
        returns = returns.detach().numpy()
    returns = np.asarray(returns, dtype=np.float64)
    if returns.shape != (candidates, episodes):
        raise ValueError(
            f"fitness must give returns of shape {(candidates, episodes)}, one for each "
            f"candidate and seed; got {returns.shape}"
        )
    return np.where(np.isnan(returns), -np.inf, returns), steps


def _backend(ray: bool) -> str:
    if not ray:
        return "loky"
    from ray.util.joblib import register_ray

    register_ray()
    return "ray"


def _deaths(ray: bool) -> tuple[type[BaseException], ...]:
    """What is raised when a worker process dies, rather than its work failing."""
    if not ray:
        return (BrokenExecutor,)
    from ray.exceptions import RayActorError, WorkerCrashedError

    return (RayActorError, WorkerCrashedError)


# --- the search ---------------------------------------------------------------------------------


class Search:
    """`cma.CMAEvolutionStrategy`, maximising, and its state as tensors.

    Parameters
    ----------
    start : array `(N,)`
    settings : EvolveSettings
    random : numpy Generator, from which all candidates come

    `cma` draws from numpy's global generator and is kept by pickling; here it is given its own
    generator, and `state` names every array and number that the next generation depends on.
    """

    _ARRAYS = ("mean", "pc", "pc2", "sigma_vec.scaling", "adapt_sigma.ps", "sm.C", "sm.B", "sm.D")
    _NUMBERS = (
        "sigma",
        "countiter",
        "countevals",
        "itereigenupdated",
        "sigma_vec.is_identity",
        "adapt_sigma.is_initialized",
        "adapt_sigma._ps_updated_iteration",
        "sm.last_update",
        "sm.count_tell",
        "sm.count_eigen",
    )

    def __init__(
        self, start: np.ndarray, settings: EvolveSettings, random: np.random.Generator
    ) -> None:
        options = {
            "popsize": settings.population,
            "CMA_diagonal": settings.separable,
            "randn": lambda *shape: random.standard_normal(shape),
            "seed": float("nan"),  # leave numpy's global generator alone
            "CMA_mirrors": 0,  # of fewer than six candidates `cma` would hand on some by itself
            "conditioncov_alleviate": None,  # a rescue whose state is hard to keep, beyond 1e8
            "verbose": -9,
            "verb_log": 0,
        }
        self._es = cma.CMAEvolutionStrategy(
            np.asarray(start, dtype=np.float64), settings.sigma, options
        )
        self._asked: list[np.ndarray] = []

    @property
    def mean(self) -> np.ndarray:
        """`(N,)`, the middle of the distribution that the next generation comes from."""
        return self._es.mean

    @property
    def sigma(self) -> float:
        """The step size."""
        return float(self._es.sigma)

    def ask(self) -> np.ndarray:
        """The next generation, `(K, N)`."""
        self._asked = self._es.ask()
        return np.stack(self._asked)

    def tell(self, returns: np.ndarray) -> None:
        """What those asked last are worth, `(K,)`; what is not finite counts as the worst."""
        finite = np.isfinite(returns)
        if not finite.any():
            raise ValueError("no candidate of this generation has a finite return")
        worst = returns[finite].min() - 1
        self._es.tell(self._asked, (-np.where(finite, returns, worst)).tolist())

    def state(self) -> tuple[dict[str, float], dict[str, Tensor]]:
        """Numbers and arrays, between two generations."""
        arrays = {name: _get(self._es, name) for name in self._ARRAYS}
        numbers = {name: _get(self._es, name) for name in self._NUMBERS}
        return (
            {name: float(number) for name, number in numbers.items() if number is not None},
            {n: torch.tensor(np.asarray(a)) for n, a in arrays.items() if a is not None},
        )

    def restore(self, numbers: dict[str, float], arrays: dict[str, Tensor]) -> None:
        """Take over what `state` gave; draws from the generator, whose state is set afterwards."""
        self.tell(-np.arange(len(self.ask()), dtype=float))  # `cma` makes some attributes late
        for name, number in numbers.items():
            whole = float(number).is_integer() and name != "sigma"
            _set(self._es, name, int(number) if whole else number)
        for name, array in arrays.items():
            _set(self._es, name, array.numpy().copy())


def _get(thing: Any, path: str) -> Any:
    for name in path.split("."):
        thing = getattr(thing, name, None)
    return thing


def _set(thing: Any, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        thing = getattr(thing, name)
    setattr(thing, last, value)


class _Run:
    """Everything that an interrupted search needs to go on with the same numbers."""

    def __init__(
        self, start: Tensor, directions: Tensor | None, settings: EvolveSettings, seed: int
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.start, self.directions = start, directions
        origin = start.double().numpy() if directions is None else np.zeros(len(directions))
        self.search = Search(origin, settings, self.random)
        self.found = Evolution(start.clone(), start.clone())
        self.shape = {
            "weights": len(start),
            "searched": len(origin),
            "population": settings.population,
            "rollouts": settings.rollouts,
            "sigma": settings.sigma,
            "separable": settings.separable,
            "risk": settings.risk,
            "average": settings.average,
        }
        self.means: deque[Tensor] = deque(maxlen=settings.average)

    def weights(self, point: np.ndarray) -> Tensor:
        """The controller's weights `(..., N)` at points of the search."""
        found = torch.tensor(point, dtype=torch.float32)
        return found if self.directions is None else self.start + found @ self.directions

    def average(self) -> Tensor:
        """The weights `(N,)` in the middle of the last generations, this one included.

        A mean takes a random step each generation besides the one that it should take. Those
        cancel in an average (Polyak and Juditsky, 1992).
        """
        self.means.append(self.weights(self.search.mean))
        return torch.stack(list(self.means)).mean(dim=0)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        numbers, arrays = self.search.state()
        facts = {
            "search": self.shape,
            "numbers": numbers,
            "random": self.random.bit_generator.state,
            "history": [asdict(generation) for generation in self.found.history],
            "best_return": None if self.found.best_return == -math.inf else self.found.best_return,
        }
        tensors = {f"search.{name}": array for name, array in arrays.items()}
        tensors |= {"means": torch.stack(list(self.means)), "best": self.found.best}
        save_tensors_whole(path, "evolution", facts, tensors)

    def load(self, path: Path) -> None:
        facts, tensors = load_tensors(path, "evolution")
        if facts["search"] != self.shape:
            raise ValueError(
                f"{path} is of another search: {json.dumps(facts['search'])}, "
                f"this one is {json.dumps(self.shape)}; remove it to begin again"
            )
        arrays = {n.removeprefix("search."): t for n, t in tensors.items() if "search." in n}
        self.search.restore(facts["numbers"], arrays)
        self.random.bit_generator.state = facts["random"]
        best = facts["best_return"]
        self.means.extend(tensors["means"])
        self.found.mean, self.found.best = tensors["means"].mean(dim=0), tensors["best"]
        if not torch.allclose(self.weights(self.search.mean), self.means[-1], atol=1e-4):
            raise ValueError(
                f"{path} is of a search that began elsewhere or went in other directions; "
                "remove it to begin again"
            )
        self.found.best_return = -math.inf if best is None else best
        self.found.history.extend(Generation(**kept) for kept in facts["history"])
