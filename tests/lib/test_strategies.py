"""The strategies written out, against the library `cma`."""

import math

import cma
import numpy as np
import pytest

from mbrl_lib.world_models.strategies import CMAES, SimpleES, ranking


def sphere(x):
    return np.square(x).sum(axis=1)


def ellipsoid(x):
    scale = 1e4 ** np.linspace(0, 1, x.shape[1])
    return (scale * np.square(x)).sum(axis=1)


def rosenbrock(x):
    return (100 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1 - x[:, :-1]) ** 2).sum(axis=1)


def library(start, sigma, seed):
    random = np.random.default_rng(seed)
    options = {
        "verbose": -9,
        "seed": float("nan"),
        "randn": lambda *shape: random.standard_normal(shape),
        "CMA_active": False,  # positive weights only, as ours
    }
    return cma.CMAEvolutionStrategy(start, sigma, options)


def evaluations(ask, tell, mean, cost, target=1e-8, limit=20_000):
    """How many x are tried until the mean is within the target."""
    count = 0
    while cost(mean()[None])[0] > target and count < limit:
        x = np.asarray(ask())
        tell(x, cost(x))
        count += len(x)
    return count


def of_ours(cost, start, seed):
    es = CMAES(start, 0.3, np.random.default_rng(seed))
    return evaluations(es.ask, lambda x, f: es.tell(-f), lambda: es.mean, cost)


def of_the_library(cost, start, seed):
    es = library(start, 0.3, seed)
    return evaluations(es.ask, lambda x, f: es.tell(list(x), f.tolist()), lambda: es.mean, cost)


@pytest.mark.parametrize(
    ("cost", "start"),
    [(sphere, np.ones(6)), (ellipsoid, np.ones(6)), (rosenbrock, np.zeros(4))],
)
def test_cma_es_needs_as_many_evaluations_as_the_library(cost, start):
    ours = np.median([of_ours(cost, start, seed) for seed in range(7)])
    theirs = np.median([of_the_library(cost, start, seed) for seed in range(7)])
    assert theirs / 1.25 < ours < theirs * 1.25
    assert ours < 10_000


@pytest.mark.parametrize("size", [2, 10, 50])
def test_constants_are_the_librarys(size):
    ours = CMAES(np.ones(size), 0.3, np.random.default_rng(0))
    theirs = library(np.ones(size), 0.3, 0)
    assert ours.population == theirs.popsize
    assert ours.mu_eff == pytest.approx(theirs.sp.weights.mueff)
    assert ours.c_c == pytest.approx(theirs.sp.cc)
    assert ours.c_1 == pytest.approx(theirs.sp.c1)
    assert ours.c_mu == pytest.approx(theirs.sp.cmu)
    assert ours.chi == pytest.approx(theirs.const.chiN)


def test_one_generation_is_the_librarys():
    """From the same candidates, without the step size, whose rate the tutorial has otherwise."""
    ours, theirs = CMAES(np.ones(5), 0.3, np.random.default_rng(0)), library(np.ones(5), 0.3, 1)
    theirs.sm.C = np.eye(5)  # the library begins a hair away from it
    ours.ask()
    for _ in range(4):
        candidates = np.stack(theirs.ask())
        ours._steps = (candidates - ours.mean) / ours.sigma
        ours.tell(-ellipsoid(candidates))
        theirs.tell(list(candidates), ellipsoid(candidates).tolist())
        assert np.allclose(ours.mean, theirs.mean, rtol=1e-10)
        assert np.allclose(ours.path_c, theirs.pc, rtol=1e-3, atol=1e-3)
        assert np.allclose(ours.covariance, theirs.sm.C, rtol=1e-2, atol=1e-3)
        ours.ask()
        ours.sigma = theirs.sigma


def test_candidates_are_drawn_from_the_distribution():
    es = CMAES(np.array([1.0, -2.0]), 0.5, np.random.default_rng(0), population=40_000)
    es.covariance = np.array([[2.0, -0.8], [-0.8, 0.5]])
    x = es.ask()
    assert np.allclose(x.mean(axis=0), [1, -2], atol=0.02)
    assert np.allclose(np.cov(x.T), 0.25 * es.covariance, atol=0.01)


def test_the_step_size_grows_on_a_slope_and_shrinks_at_the_top():
    slope = CMAES(np.zeros(5), 0.1, np.random.default_rng(0))
    for _ in range(20):
        slope.tell(slope.ask()[:, 0])
    assert slope.sigma > 1 and slope.mean[0] > 1
    top = CMAES(np.zeros(5), 1.0, np.random.default_rng(0))
    for _ in range(40):
        top.tell(-sphere(top.ask()))
    assert top.sigma < 0.1


def test_the_simple_strategy_climbs_as_far_as_its_shrinking_lets_it():
    es = SimpleES(np.ones(10), 0.3, np.random.default_rng(0), population=40, elites=10, decay=0.98)
    for _ in range(300):
        es.tell(-sphere(es.ask()))
    assert sphere(es.mean[None])[0] < 1e-3
    assert es.sigma == pytest.approx(0.3 * 0.98**300)
    hasty = SimpleES(np.full(10, 5.0), 0.3, np.random.default_rng(0), 40, 10, decay=0.8)
    for _ in range(300):
        hasty.tell(-sphere(hasty.ask()))
    assert sphere(hasty.mean[None])[0] > 1


def test_the_simple_strategy_moves_to_the_mean_of_its_elites():
    es = SimpleES(np.zeros(3), 1.0, np.random.default_rng(0), population=6, elites=2)
    x = es.ask()
    es.tell(np.array([0.0, 5.0, math.nan, 1.0, 7.0, -2.0]))
    assert np.allclose(es.mean, (x[1] + x[4]) / 2)


@pytest.mark.parametrize("strategy", [SimpleES, CMAES])
def test_the_same_seed_gives_the_same_search(strategy):
    means = []
    for seed in (0, 0, 1):
        np.random.seed(seed + 5)  # noqa: NPY002 - the global generator must not matter
        es = strategy(np.ones(4), 0.3, np.random.default_rng(seed))
        for _ in range(5):
            es.tell(-sphere(es.ask()))
        means.append(es.mean)
    assert np.array_equal(means[0], means[1]) and not np.array_equal(means[0], means[2])


def test_nan_is_the_worst_and_wrong_numbers_of_returns_are_named():
    assert ranking(np.array([1.0, math.nan, 3.0, -math.inf]), 4).tolist() == [2, 0, 1, 3]
    es = CMAES(np.ones(4), 0.3, np.random.default_rng(0), population=8)
    es.ask()
    with pytest.raises(ValueError, match=r"returns must have shape \(8,\); got \(7,\)"):
        es.tell(np.zeros(7))


def test_bad_settings():
    random = np.random.default_rng(0)
    with pytest.raises(ValueError, match="sigma"):
        CMAES(np.ones(3), 0.0, random)
    with pytest.raises(ValueError, match="population"):
        CMAES(np.ones(3), 0.1, random, population=2)
    with pytest.raises(ValueError, match="population"):
        SimpleES(np.ones(3), 0.1, random, population=4, elites=5)
    with pytest.raises(ValueError, match="decay"):
        SimpleES(np.ones(3), 0.1, random, decay=1.5)
