"""Evolution: climbs, shares out, survives its workers and itself, goes on with the same numbers."""

import dataclasses
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from mbrl_lib.storage import load_tensors
from mbrl_lib.world_models.evolve import EvolveSettings, Search, Workers, evolve, scores

QUICK = EvolveSettings(population=8, rollouts=3, generations=12, sigma=0.5, evaluate_every=4)


def rng(seed=0):
    return np.random.default_rng(seed)


def hill(parameters, seeds):
    """The top is at 1; each seed shifts all returns alike."""
    luck = torch.tensor([seed % 100 for seed in seeds], dtype=torch.float32)
    return -(parameters - 1).square().sum(dim=1, keepdim=True) + luck


class Recorder:
    """The hill, and who asked for what."""

    def __init__(self, fitness=hill):
        self.fitness, self.calls = fitness, []

    def __call__(self, parameters, seeds):
        self.calls.append((parameters.clone(), list(seeds)))
        return self.fitness(parameters, seeds)


class Mortal:
    """The hill, on which a worker dies as often as there are flags in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, parameters, seeds):
        for flag in self.folder.iterdir():
            try:
                flag.unlink()
            except FileNotFoundError:
                continue  # the other worker has died of it
            time.sleep(0.05)
            os._exit(1)
        return hill(parameters, seeds)


def flags(tmp_path, count):
    folder = tmp_path / "flags"
    folder.mkdir()
    for number in range(count):
        (folder / str(number)).touch()
    return folder


# --- the search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("separable", [True, False])
def test_evolution_maximises(separable):
    settings = EvolveSettings(10, 2, 60, sigma=0.5, separable=separable)
    found = evolve(hill, torch.zeros(6), rng(), settings)
    assert found.finished and len(found.history) == 60
    assert float((found.mean - 1).abs().max()) < 0.05
    assert torch.equal(found.best, found.mean)
    last = found.history[-1]
    assert last.number == 60 and last.episodes == 60 * 20 and last.best >= last.mean >= last.worst


def test_all_candidates_of_a_generation_have_the_same_fresh_seeds():
    fitness = Recorder()
    evolve(fitness, torch.zeros(3), rng(), QUICK)
    assert [len(p) for p, _ in fitness.calls] == [8] * 12
    drawn = [tuple(seeds) for _, seeds in fitness.calls]
    assert all(len(seeds) == 3 for seeds in drawn) and len(set(drawn)) == 12


def test_the_same_generator_gives_the_same_search_whatever_numpy_has_drawn():
    means = []
    for seed in (0, 0, 1):
        np.random.seed(seed + len(means))  # noqa: NPY002 - `cma` would draw from it
        means.append(evolve(hill, torch.zeros(3), rng(seed), QUICK).mean)
    assert torch.equal(means[0], means[1]) and not torch.equal(means[0], means[2])
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    evolve(hill, torch.zeros(3), rng(), QUICK)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_heldout_episodes_choose_the_mean_that_is_kept():
    def misleading(parameters, seeds):
        """Climbing pays on training seeds; on held-out ones only as far as 1."""
        x = parameters.sum(dim=1, keepdim=True)
        return (-(x - 1).abs() if seeds == [7, 8] else x).expand(-1, len(seeds))

    fitness = Recorder(misleading)
    found = evolve(fitness, torch.zeros(2), rng(), QUICK, heldout=[7, 8])
    evaluated = [p[0] for p, seeds in fitness.calls if seeds == [7, 8]]
    assert len(evaluated) == 3 and all(len(p) == 1 for p, s in fitness.calls if s == [7, 8])
    values = [-abs(float(p.sum()) - 1) for p in evaluated]
    assert found.best_return == pytest.approx(max(values))
    assert torch.equal(found.best, evaluated[int(np.argmax(values))])
    assert not torch.equal(found.best, found.mean)
    noted = [g.heldout_mean for g in found.history if g.heldout_mean is not None]
    assert noted == pytest.approx(values)
    assert [g.number for g in found.history if g.heldout_mean is not None] == [4, 8, 12]


def test_an_average_of_the_last_means_is_kept_and_a_stopped_search_goes_on_with_it(tmp_path):
    """The search itself does not know of it: its single means are those without an average."""
    single, averaged = [], []
    evolve(
        hill, torch.zeros(5), rng(), QUICK, on_generation=lambda found: single.append(found.mean)
    )
    settings, path = dataclasses.replace(QUICK, average=3), tmp_path / "search"
    calls = iter(range(20))
    evolve(
        hill, torch.zeros(5), rng(), settings, (), path, lambda: next(calls) == 6,
        lambda found: averaged.append(found.mean),
    )  # fmt: skip
    assert len(averaged) == 7
    found = evolve(
        hill, torch.zeros(5), rng(), settings, (), path,
        on_generation=lambda found: averaged.append(found.mean),
    )  # fmt: skip
    for number, mean in enumerate(averaged):
        torch.testing.assert_close(
            mean, torch.stack(single[max(0, number - 2) : number + 1]).mean(0)
        )
    assert torch.equal(found.best, averaged[-1]) and len(averaged) == len(single)
    with pytest.raises(ValueError, match="another search"):
        evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)


def test_risk_prefers_the_steady():
    returns = np.array([[10.0, 10.0], [25.0, -1.0], [9.0, 9.0]])
    assert scores(returns).tolist() == [10, 12, 9]
    assert scores(returns, risk=1.0).tolist() == [10, -1, 9]

    def spread(parameters, seeds):
        """More is better in the mean, and riskier."""
        x = parameters.sum(dim=1, keepdim=True)
        return x + 2 * x * torch.tensor([1.0, -1.0])

    ends = {}
    for risk in (0.0, 1.0):
        settings = EvolveSettings(8, 2, 10, sigma=0.3, risk=risk)
        ends[risk] = float(evolve(spread, torch.ones(2), rng(), settings).mean.sum())
    assert ends[0.0] > 3 and abs(ends[1.0]) < 1


def test_nan_is_worse_than_any_return():
    def fog(parameters, seeds):
        returns = hill(parameters, seeds).expand(-1, len(seeds)).clone()
        returns[parameters[:, 0] > 0.5] = torch.nan  # the way up
        return returns

    found = evolve(fog, torch.zeros(3), rng(), EvolveSettings(12, 2, 40, sigma=0.3))
    assert float(found.mean[0]) < 0.5 and abs(float(found.mean[1]) - 1) < 0.1
    with pytest.raises(ValueError, match="no candidate"):
        evolve(lambda p, s: torch.full((len(p), len(s)), torch.nan), torch.zeros(3), rng(), QUICK)


def test_returns_of_another_shape_are_named():
    with pytest.raises(ValueError, match=r"shape \(8, 3\).*got \(8,\)"):
        evolve(lambda p, s: p.sum(dim=1), torch.zeros(3), rng(), QUICK)
    with pytest.raises(ValueError, match="start must be finite"):
        evolve(hill, torch.full((3,), torch.nan), rng(), QUICK)
    for bad in ({"population": 2}, {"sigma": 0.0}, {"risk": -1.0}, {"workers": 0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            EvolveSettings(**bad)


# --- going on -----------------------------------------------------------------------------------


@pytest.mark.parametrize("separable", [True, False])
@pytest.mark.parametrize("population", [4, 9])
def test_the_state_is_all_that_the_next_generations_depend_on(separable, population):
    def ellipsoid(x):
        return -(np.logspace(0, 3, 8) * np.square(x)).sum(axis=1)

    settings = EvolveSettings(population=population, separable=separable)
    random, other = rng(), rng(5)
    search = Search(np.ones(8), settings, random)
    for _ in range(25):
        search.tell(ellipsoid(search.ask()))
    copy = Search(np.zeros(8), settings, other)
    copy.restore(*search.state())
    other.bit_generator.state = random.bit_generator.state
    for _ in range(60):
        x, y = search.ask(), copy.ask()
        assert np.array_equal(x, y)
        search.tell(ellipsoid(x))
        copy.tell(ellipsoid(y))
    assert search.sigma == copy.sigma and np.array_equal(search.mean, copy.mean)


def without_seconds(found):
    return [{**g.__dict__, "seconds": 0.0} for g in found.history]


@pytest.mark.parametrize("separable", [True, False])
@pytest.mark.parametrize("stop_at", [1, 5])
def test_a_search_that_was_stopped_goes_on_with_the_same_numbers(tmp_path, stop_at, separable):
    settings = EvolveSettings(8, 3, 12, 0.5, separable, evaluate_every=4)
    straight = evolve(hill, torch.zeros(5), rng(), settings, [1, 2])
    path, calls = tmp_path / "search", iter(range(1, 100))
    part = evolve(
        hill, torch.zeros(5), rng(), settings, [1, 2], path, lambda: next(calls) == stop_at
    )
    assert len(part.history) == stop_at and not part.finished
    resumed = evolve(hill, torch.zeros(5), rng(9), settings, [1, 2], path)
    assert resumed.finished and without_seconds(resumed) == without_seconds(straight)
    assert torch.equal(resumed.mean, straight.mean) and torch.equal(resumed.best, straight.best)
    assert resumed.best_return == straight.best_return
    again = evolve(hill, torch.zeros(5), rng(), settings, [1, 2], path)  # nothing is left to do
    assert again.finished and len(again.history) == 12 and torch.equal(again.mean, straight.mean)
    more = EvolveSettings(8, 3, 14, 0.5, separable, evaluate_every=4)
    assert len(evolve(hill, torch.zeros(5), rng(), more, [1, 2], path).history) == 14


def test_a_search_that_is_stopped_early_returns_what_it_has_reached(tmp_path):
    """Where the mean had not been looked at since, it is looked at; going on is not changed."""
    file, start = tmp_path / "search", torch.zeros(4)
    asked = iter([False, False, True])
    stopped = evolve(hill, start, rng(), QUICK, range(2), file, should_stop=lambda: next(asked))
    assert len(stopped.history) == 3 and stopped.history[-1].heldout_mean is None
    assert torch.equal(stopped.best, stopped.mean) and not torch.equal(stopped.best, start)
    assert stopped.best_return == float(hill(stopped.mean[None], range(2)).mean())
    resumed = evolve(hill, start, rng(), QUICK, range(2), file)
    whole = evolve(hill, start, rng(), QUICK, range(2))
    assert torch.equal(resumed.best, whole.best) and resumed.best_return == whole.best_return


def test_a_search_that_was_killed_has_lost_one_generation(tmp_path):
    path, fitness = tmp_path / "search", Recorder()

    def killed(parameters, seeds):
        if len(fitness.calls) == 5:
            raise KeyboardInterrupt
        return fitness(parameters, seeds)

    with pytest.raises(KeyboardInterrupt):
        evolve(killed, torch.zeros(5), rng(), QUICK, checkpoint=path)
    facts, _ = load_tensors(path, "evolution")
    assert len(facts["history"]) == 5
    resumed = evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)
    assert torch.equal(resumed.mean, evolve(hill, torch.zeros(5), rng(), QUICK).mean)
    assert not path.with_name("search.part").exists()


def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch):
    path = tmp_path / "search"
    evolve(hill, torch.zeros(5), rng(), EvolveSettings(8, 3, 4, 0.5), checkpoint=path)

    def full(unfinished, *_):
        Path(unfinished).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("mbrl_lib.storage.save_tensors", full)
        with pytest.raises(OSError, match="No space"):
            evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)
    resumed = evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)
    assert torch.equal(resumed.mean, evolve(hill, torch.zeros(5), rng(), QUICK).mean)


def test_a_checkpoint_of_another_search_is_refused(tmp_path):
    path = tmp_path / "search"
    evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)
    with pytest.raises(ValueError, match=r'another search.*"weights": 5.*"weights": 6'):
        evolve(hill, torch.zeros(6), rng(), QUICK, checkpoint=path)
    with pytest.raises(ValueError, match="another search"):
        evolve(hill, torch.zeros(5), rng(), EvolveSettings(9, 3, 12, 0.5), checkpoint=path)
    with pytest.raises(ValueError, match="another search"):
        evolve(hill, torch.zeros(5), rng(), EvolveSettings(8, 3, 12, 0.1), checkpoint=path)
    path.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="not a safetensors file"):
        evolve(hill, torch.zeros(5), rng(), QUICK, checkpoint=path)


# --- workers ------------------------------------------------------------------------------------


def test_workers_share_candidates_or_seeds_and_change_no_number():
    two = EvolveSettings(population=8, workers=2)
    for candidates, seeds in ((5, [3, 1, 4]), (2, [1]), (1, [3, 1, 4, 1, 5])):
        parameters = torch.randn(candidates, 3, generator=torch.Generator().manual_seed(0))
        with Workers(two) as workers:
            together, _ = workers.evaluate(hill, parameters, seeds)
        assert np.array_equal(together, hill(parameters, seeds).double().numpy())


def test_what_is_kept_is_what_the_judge_likes_best():
    """Evolved on a hill whose top is at 1, judged by one whose top is at 0.3."""

    def judge(parameters, seeds):
        return -(parameters - 0.3).square().sum(dim=1, keepdim=True).expand(-1, len(seeds))

    settings = dataclasses.replace(QUICK, generations=40, evaluate_every=1)
    found = evolve(hill, torch.zeros(5), rng(), settings, heldout=[1, 2], judge=judge)
    judged = [g.heldout_mean for g in found.history]
    assert found.best_return == max(judged) > judged[-1] + 0.5, "the end is near 1, far from 0.3"
    assert float(judge(found.best[None], [0])[0, 0]) == pytest.approx(found.best_return)


def counted(parameters, seeds):
    return hill(parameters, seeds).numpy(), 10 * len(parameters) * len(seeds)


@pytest.mark.parametrize("workers", [1, 2])
def test_steps_are_counted_where_the_fitness_counts_them(workers):
    settings = dataclasses.replace(QUICK, workers=workers)
    found = evolve(counted, torch.zeros(5), rng(), settings, heldout=[1, 2])
    each = 10 * QUICK.population * QUICK.rollouts
    assert [g.steps for g in found.history] == [each * g.number for g in found.history]
    plain = evolve(hill, torch.zeros(5), rng(), QUICK, heldout=[1, 2])
    assert torch.equal(found.mean, plain.mean) and plain.history[-1].steps == 0


def test_a_generation_whose_worker_dies_is_tried_again(tmp_path):
    settings = EvolveSettings(8, 3, 3, 0.5, workers=2)
    found = evolve(Mortal(flags(tmp_path, 2)), torch.zeros(3), rng(), settings)
    alone = evolve(hill, torch.zeros(3), rng(), EvolveSettings(8, 3, 3, 0.5))
    assert not list((tmp_path / "flags").iterdir())
    assert torch.equal(found.mean, alone.mean)


def test_workers_that_always_die_end_the_search_and_lose_nothing(tmp_path):
    path = tmp_path / "search"
    evolve(hill, torch.zeros(3), rng(), EvolveSettings(8, 3, 2, 0.5), checkpoint=path)
    settings = EvolveSettings(8, 3, 4, 0.5, workers=2, retries=1)
    with pytest.raises(RuntimeError, match="workers died 2 times in one generation"):
        evolve(Mortal(flags(tmp_path, 50)), torch.zeros(3), rng(), settings, checkpoint=path)
    resumed = evolve(hill, torch.zeros(3), rng(), EvolveSettings(8, 3, 4, 0.5), checkpoint=path)
    straight = evolve(hill, torch.zeros(3), rng(), EvolveSettings(8, 3, 4, 0.5))
    assert torch.equal(resumed.mean, straight.mean)


def test_an_error_in_the_fitness_is_no_death(tmp_path):
    def wrong(parameters, seeds):
        raise ZeroDivisionError("the car is upside down")

    for workers in (1, 2):
        settings = EvolveSettings(population=4, workers=workers)
        with Workers(settings) as some, pytest.raises(ZeroDivisionError, match="upside down"):
            some.evaluate(wrong, torch.zeros(4, 2), [1])


def test_a_ray_cluster_is_one_setting_away(tmp_path):
    ray = pytest.importorskip("ray")
    settings = EvolveSettings(8, 3, 3, 0.5, workers=2, ray=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Ray has to say about itself
        ray.init(
            "local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR"
        )
    try:
        found = evolve(Mortal(flags(tmp_path, 1)), torch.zeros(3), rng(), settings)
    finally:
        ray.shutdown()
    alone = evolve(hill, torch.zeros(3), rng(), EvolveSettings(8, 3, 3, 0.5))
    assert not list((tmp_path / "flags").iterdir())
    assert torch.equal(found.mean, alone.mean)


# --- in some directions only --------------------------------------------------------------------

PLANE = torch.tensor([[1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.5, -0.5, 0.0]])


def test_evolution_in_directions_finds_the_best_point_that_they_reach():
    """Of the plane start + y @ PLANE the point nearest to the hill's top at 1."""
    start = torch.tensor([0.0, 0.4, 0.0, 1.0, -2.0])
    settings = EvolveSettings(10, 2, 80, sigma=0.5)
    found = evolve(hill, start, rng(), settings, directions=PLANE)
    assert found.mean.tolist() == pytest.approx([0.8, 1.2, 0.5, 0.5, -2.0], abs=0.02)


def test_every_candidate_lies_in_the_directions():
    fitness, start = Recorder(), torch.arange(5.0)
    found = evolve(fitness, start, rng(), QUICK, directions=PLANE)
    tried = torch.cat([parameters for parameters, _ in fitness.calls]) - start
    assert torch.allclose(tried[:, 0], tried[:, 1], atol=1e-5)
    assert torch.allclose(tried[:, 2], -tried[:, 3], atol=1e-5)
    assert not tried[:, 4].any() and float(tried[:, 0].std()) > 0.1
    assert found.best.shape == (5,)


def test_a_search_in_directions_goes_on_and_is_not_taken_for_another(tmp_path):
    path, calls = tmp_path / "search", iter(range(1, 100))
    keys = {"start": torch.ones(5), "settings": QUICK, "heldout": [1, 2], "directions": PLANE}
    straight = evolve(hill, generator=rng(), **keys)
    part = evolve(
        hill, generator=rng(), checkpoint=path, should_stop=lambda: next(calls) == 5, **keys
    )
    assert len(part.history) == 5
    resumed = evolve(hill, generator=rng(3), checkpoint=path, **keys)
    assert torch.equal(resumed.mean, straight.mean) and torch.equal(resumed.best, straight.best)
    for other in (keys | {"start": torch.zeros(5)}, keys | {"directions": 2 * PLANE}):
        with pytest.raises(ValueError, match="began elsewhere or went in other directions"):
            evolve(hill, generator=rng(), checkpoint=path, **other)
    with pytest.raises(ValueError, match=r'another search.*"searched": 2.*"searched": 5'):
        evolve(hill, generator=rng(), checkpoint=path, **(keys | {"directions": None}))


def test_directions_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="directions"):
        evolve(hill, torch.zeros(4), rng(), QUICK, directions=PLANE)
    with pytest.raises(ValueError, match="directions"):
        evolve(hill, torch.zeros(5), rng(), QUICK, directions=PLANE * torch.nan)
