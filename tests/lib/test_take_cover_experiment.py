"""Learning in a dream: all stages, nothing learned from real episodes, τ chosen on others."""

import json

import numpy as np
import pytest
import torch
from rich.console import Console

from mbrl_lib.experiments import procedure, take_cover
from mbrl_lib.experiments.procedure import Networks, OwnDraws, load_controller
from mbrl_lib.experiments.take_cover import Experiment, Preset, Scouting
from mbrl_lib.storage import load_tensors
from mbrl_lib.world_models import MDNRNNSettings, TrainSettings, VAESettings
from mbrl_lib.world_models.actor_critic import ActorCriticSettings

pytest.importorskip("vizdoom")

LEARNING = ActorCriticSettings(updates=3, dreams=8, horizon=10, checkpoint_every=2)
LEARN_ON = TrainSettings(1, 4, 1e-3)
TINY = Preset(
    3,
    Networks(
        VAESettings(64, (2, 2, 2, 2), (4, 2, 2, 2)),
        TrainSettings(1, 16, 1e-3),
        MDNRNNSettings(latent=64, action=1, hidden=512, mixtures=1, reward=False),
        TrainSettings(1, 4, 1e-3),
        length=20,
        own_draws=OwnDraws(0.5, LEARN_ON),
        foreground=10.0,
    ),
    LEARNING,
    tuple(Scouting(LEARNING, count, LEARN_ON, LEARN_ON) for count in (5, 6)),
    temperatures=(0.5, 1.0),
    validation=2,
    test=2,
)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cover")
    patch = pytest.MonkeyPatch()
    patch.setattr(take_cover, "DREAMS", range(500_000, 500_002))
    driven, shares = [], []
    survive, fit = take_cover.survive, procedure.fit_mdn_rnn

    def spy(vision, memory, parameters, seeds):
        driven.extend(seeds)
        return survive(vision, memory, parameters, seeds)

    def spy_on_training(*rest, own_draws, **named):
        shares.append(own_draws)
        return fit(*rest, own_draws=own_draws, **named)

    patch.setattr(take_cover, "survive", spy)
    patch.setattr(procedure, "fit_mdn_rnn", spy_on_training)
    made = Experiment(TINY, folder, workers=1, console=Console(quiet=True))
    made.run()
    patch.undo()
    return made, driven, shares


def test_all_stages_and_what_is_reported(done):
    made, _, _ = done
    assert len(made.store) == 6
    for fact, _ in made.store.spans():
        actions = np.array(fact["actions"])
        assert actions.shape[1] == 1 and set(actions.ravel()) <= {-1.0, 0.0, 1.0}
        assert sum(fact["rewards"]) <= 2100
    found = json.loads((made.folder / "test.json").read_text())
    assert set(found) == {"chosen", "0.5", "1.0", "random", "still", "sweep"}
    assert all(len(found[t]["real"]) == 2 for t in ("0.5", "1.0", "random"))
    assert all(4 <= tics <= 2100 for tics in found["1.0"]["dream"])
    told = take_cover.summary(made.folder)
    table = told["table"]
    assert table["0.5"]["test"] == found["0.5"]["real"] and "dream" not in table["still"]
    assert told["rollouts"] == 6
    assert {t: len(curve) for t, curve in told["curves"].items()} == {"0.5": 3, "1.0": 3}
    costs = {name: minutes for name, minutes in told["stages"].items() if name != "report"}
    assert 0 < told["cpu_minutes"] == pytest.approx(sum(costs.values()) - costs["test"])
    page = (made.folder / "report.html").read_text()
    assert "<video" in page and f"Chosen: τ = {made.chosen}" in page and "sweep" in page
    again = Experiment(TINY, made.folder, workers=1, console=Console(quiet=True))
    before = (made.folder / "test.json").read_bytes()
    again.run()
    assert (made.folder / "test.json").read_bytes() == before, "finished stages are not run again"


def test_a_budget_that_is_spent_at_once_still_ends_in_a_report(tmp_path):
    made = Experiment(TINY, tmp_path, workers=1, console=Console(quiet=True))
    made.run(budget=0.1)
    assert (tmp_path / "report.html").exists()
    curves = take_cover.summary(tmp_path)["curves"]
    assert all(1 <= len(curve) < LEARNING.updates for curve in curves.values())


def test_real_episodes_only_choose_and_judge(done):
    _, driven, _ = done
    validation, test = (set(take_cover.VALIDATION_EPISODES[:2]), set(take_cover.TEST_EPISODES[:2]))
    assert set(driven) == validation | test and not validation & test
    assert set(driven[:4]) == validation, "chosen before the test episodes are seen"


def test_c_dreams_in_the_m_that_has_seen_all_scouts(done):
    made, _, _ = done
    assert made.dreams(1.0, made.last).memory == made.memory(3)
    for network in (made.vision, made.memory):
        assert len({network(number).read_bytes() for number in (1, 2, 3)}) == 3
    assert [len(made.latents(number)) for number in (1, 2, 3)] == [3, 5, 6]


def test_m_learns_from_its_own_draws_before_it_is_dreamt_in(done):
    made, _, shares = done
    assert shares == [0.0, 0.5] * 3, "real frames first, each time"
    plain = load_tensors(made.folder / "mdn_rnn_1.training", "training")[1]
    own = load_tensors(made.folder / "mdn_rnn_1_own.training", "training")[1]
    shipped = load_tensors(made.memory(1), "mdn_rnn")[1]
    assert not torch.equal(plain["model.head.bias"], own["model.head.bias"])
    assert torch.equal(shipped["head.bias"], own["model.head.bias"].half())


def test_agents_learn_and_each_temperature_has_its_own(done):
    made, _, _ = done
    found = [load_controller(made.parameters(t)) for t in (0.5, 1.0)]
    assert all(float(weights.norm()) > 0 for weights in found)
    assert not torch.equal(*found)


def test_a_scout_does_something_else_now_and_then():
    class Right:
        def reset(self):
            pass

        def act(self, observation):
            return 2

    def acts(share):
        policy = take_cover._Distracted(Right(), share, (5, 5), np.random.default_rng(0))
        policy.reset()
        return np.array([policy.act(None) for _ in range(200)])

    assert set(acts(0.0)) == {2}
    always, sometimes = acts(1.0).reshape(-1, 5), acts(0.05)
    assert (always == always[:, :1]).all() and set(always[:, 0]) == {0, 1, 2}
    assert 0 < (sometimes != 2).mean() < 0.5


def test_the_temperature_with_the_longest_survival_is_chosen(done, tmp_path):
    made = Experiment(TINY, tmp_path, workers=1, console=Console(quiet=True))
    for better, table in (
        (0.5, {"0.5": [300, 200], "1.0": [100, 390]}),
        (1.0, {"0.5": [1], "1.0": [2]}),
    ):
        (tmp_path / "validation.json").write_text(json.dumps(table))
        assert made.chosen == better
