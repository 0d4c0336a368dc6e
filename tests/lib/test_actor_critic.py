"""C learned in dreams: credit by hand, odds against trials, a model whose best policy is known."""

from dataclasses import dataclass, replace

import pytest
import torch

from mbrl_lib import storage
from mbrl_lib.world_models.actor_critic import (
    ActorCritic,
    ActorCriticSettings,
    advantages,
    learn_in_dreams,
)
from mbrl_lib.world_models.controller import (
    Controller,
    ControllerSettings,
    take_cover_action,
    take_cover_odds,
)
from mbrl_lib.world_models.dream import DreamSettings, DreamStarts
from mbrl_lib.world_models.episodes import Hidden

MOVES = torch.tensor([[-1.0], [0.0], [1.0]])
SETTINGS = ActorCriticSettings(
    updates=25,
    dreams=64,
    horizon=8,
    discount=0.9,
    batch_size=128,
    actor_rate=0.02,
    critic_rate=0.02,
    hidden=16,
)
DREAM = DreamSettings(max_steps=20, done_threshold=None)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass
class Said:
    mean: torch.Tensor
    reward: torch.Tensor | None
    done: torch.Tensor | None

    def sample(self, generator, temperature):
        return torch.randn(self.mean.shape, generator=generator) + 0 * self.mean


class Threat:
    """z is where something comes from, drawn anew in every step: only stepping away is safe."""

    def __init__(self, reward=False, done=True):
        self.with_reward, self.with_done = reward, done

    def initial_hidden(self, batch):
        return Hidden(torch.zeros(batch, 1), torch.zeros(batch, 1))

    def step(self, z, action, hidden):
        safe = (action * z.sign() < 0)[:, 0]
        done = torch.where(safe, -6.0, -0.5) if self.with_done else None
        reward = safe.float() if self.with_reward else None
        return Said(z, reward, done), Hidden(hidden.h + 1, hidden.c)


STARTS = DreamStarts(torch.zeros(4, 1), torch.ones(4, 1))


def made(settings=SETTINGS, bias=False, seed=0):
    controller = Controller(
        ControllerSettings(latent=1, hidden=1, action=1, bias=bias), take_cover_action
    )
    seen = torch.randn(50, 2, generator=seeded(1)) * torch.tensor([1.0, 3.0])
    return ActorCritic(controller, take_cover_odds, MOVES, seen, seeded(seed), settings)


def column(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)[:, None]


# --- credit -------------------------------------------------------------------------------------


def test_advantages_by_hand():
    """Three steps with gamma 0.5 and lambda 0.5; nobody knows what is beyond the last."""
    rewards, values, following = column(1, 2, 3), column(4, 5, 6), column(5, 6, 7)
    certain, same = column(1, 1, 1), column(1, 1, 1) > 0
    d = [1 + 2.5 - 4, 2 + 3 - 5, 3 + 3.5 - 6]
    want = [d[0] + 0.25 * (d[1] + 0.25 * d[2]), d[1] + 0.25 * d[2], d[2]]
    found = advantages(rewards, values, following, certain, same, 0.5, 0.5)
    assert found[:, 0].tolist() == pytest.approx(want)

    likely = column(1, 0.4, 1)  # the second step is survived with 0.4
    d = [d[0], 2 + 0.5 * 0.4 * 6 - 5, d[2]]
    want = [d[0] + 0.25 * (d[1] + 0.25 * 0.4 * d[2]), d[1] + 0.25 * 0.4 * d[2], d[2]]
    found = advantages(rewards, values, following, likely, same, 0.5, 0.5)
    assert found[:, 0].tolist() == pytest.approx(want)

    another = column(1, 0, 1) > 0  # after it another dream begins, which is none of its business
    found = advantages(rewards, values, following, likely, another, 0.5, 0.5)
    assert found[:, 0].tolist() == pytest.approx([d[0] + 0.25 * d[1], d[1], d[2]])


def test_without_trace_credit_is_one_surprise_and_with_all_of_it_the_return():
    g = seeded()
    rewards, values, following = (torch.randn(6, 3, generator=g) for _ in range(3))
    following[:-1] = values[1:]
    ones = torch.ones(6, 3)
    one = advantages(rewards, values, following, ones, ones > 0, 0.9, 0.0)
    assert torch.allclose(one, rewards + 0.9 * following - values, atol=1e-6)
    whole = advantages(rewards, values, following, ones, ones > 0, 0.9, 1.0)
    discounts = 0.9 ** torch.arange(6)[:, None]
    returns = (discounts * rewards).sum(0) + 0.9**6 * following[-1]
    assert torch.allclose(whole[0], returns - values[0], atol=1e-5)


# --- the actor ----------------------------------------------------------------------------------


def test_odds_are_those_of_the_action_when_the_number_is_disturbed():
    raw = torch.tensor([[-0.7], [-0.3], [0.0], [0.2], [0.5]])
    odds = take_cover_odds(raw).exp()
    assert torch.allclose(odds.sum(-1), torch.ones(5), atol=1e-5)
    u = torch.rand(5, 200_000, 1, generator=seeded())
    tried = take_cover_action(raw[:, None] + 0.2 * (u / (1 - u)).log())[..., 0]
    shares = torch.stack([(tried == move).float().mean(1) for move in (-1, 0, 1)], dim=1)
    assert torch.allclose(odds, shares, atol=0.005)
    far = torch.tensor([[-100.0], [100.0]])
    assert torch.isfinite(take_cover_odds(far)).all(), "however sure it is"


@pytest.mark.parametrize("bias", [False, True])
def test_its_flat_weights_act_as_it_would(bias):
    agent = made(bias=bias)
    with torch.no_grad():
        agent.actor.copy_(torch.tensor([[1.0], [-0.5]]))
        if bias:
            agent.bias.fill_(0.4)
    features = 2 * torch.randn(200, 2, generator=seeded(3))
    action = agent.controller.act(agent.weights(), features)
    likeliest = MOVES[agent.log_odds(features).argmax(-1)]
    assert set(action[:, 0].tolist()) == {-1.0, 0.0, 1.0}
    differ = (action != likeliest)[:, 0]
    assert float(differ.float().mean()) < 0.1, "only where two choices are as likely"


def test_a_controller_with_a_layer_or_other_features_is_refused():
    deep = Controller(ControllerSettings(latent=1, hidden=1, action=1, layer=3), take_cover_action)
    with pytest.raises(ValueError, match="layer"):
        ActorCritic(deep, take_cover_odds, MOVES, torch.randn(9, 2), seeded())
    with pytest.raises(ValueError, match="seen must have shape"):
        ActorCritic(made().controller, take_cover_odds, MOVES, torch.randn(9, 3), seeded())
    with pytest.raises(ValueError, match="choices must have shape"):
        ActorCritic(made().controller, take_cover_odds, MOVES[:2], torch.randn(9, 2), seeded())
    nan = torch.full((9, 2), float("nan"))
    with pytest.raises(ValueError, match="seen"):
        ActorCritic(made().controller, take_cover_odds, MOVES, nan, seeded())


@pytest.mark.parametrize(
    "bad",
    [
        {"updates": 0}, {"dreams": 0}, {"horizon": 0}, {"batch_size": 0}, {"actor_rate": 0.0},
        {"critic_rate": 0.0},
        {"discount": 1.5}, {"trace": -0.1}, {"entropy": -1.0}, {"clip": 0.0}, {"max_gradient": 0.0},
    ],
)  # fmt: skip
def test_bad_settings(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        ActorCriticSettings(**bad)


# --- learning -----------------------------------------------------------------------------------


def test_it_learns_to_step_away():
    agent = made()
    history = learn_in_dreams(agent, Threat(), STARTS, DREAM, seeded(2))
    assert history[0].ending > 0.2 and history[-1].ending < 0.1
    assert history[-1].entropy < history[0].entropy
    z = torch.tensor([[2.0, 0.0], [-2.0, 0.0], [0.8, 4.0], [-0.8, 4.0]])
    assert agent.controller.act(agent.weights(), z)[:, 0].tolist() == [-1, 1, -1, 1]
    assert [update.number for update in history] == list(range(1, 26))
    assert history[-1].decisions == 25 * 64 * 8
    assert all(update.reward == 1 for update in history)


def test_rewards_count_where_m_knows_of_any_and_nothing_need_end():
    agent = made()
    history = learn_in_dreams(agent, Threat(True, False), STARTS, DREAM, seeded(2))
    assert history[0].reward < 0.6 and history[-1].reward > 0.8
    assert all(update.ending == 0 for update in history)


def test_a_dream_is_cut_and_another_begins():
    ages = []

    class Counting(Threat):
        """Nothing ends by itself; h counts the steps of a dream."""

        def step(self, z, action, hidden):
            said, following = super().step(z, action, hidden)
            ages.append(following.h[:, 0])
            return replace(said, done=torch.full((len(z),), -50.0)), following

    settings = replace(SETTINGS, updates=6)
    learn_in_dreams(made(settings), Counting(), STARTS, DREAM, seeded())
    last = torch.stack(ages) == DREAM.max_steps
    assert last.nonzero()[:, 0].unique().tolist() == [19, 39], "of 48 steps"
    assert last.sum() == 2 * settings.dreams and torch.stack(ages).max() == DREAM.max_steps


def test_the_same_seed_gives_the_same_agent_and_another_another():
    found = []
    for seed in (2, 2, 3):
        agent = made(replace(SETTINGS, updates=2))
        learn_in_dreams(agent, Threat(), STARTS, DREAM, seeded(seed))
        found.append(agent.weights())
        torch.rand(1)  # torch's own generator is not asked
    assert torch.equal(found[0], found[1]) and not torch.equal(found[0], found[2])


@pytest.mark.parametrize("stop_at", [1, 4, 6])
def test_a_search_that_was_stopped_goes_on_with_the_same_numbers(tmp_path, stop_at):
    settings = replace(SETTINGS, updates=7, checkpoint_every=3)
    whole = made(settings)
    want = learn_in_dreams(whole, Threat(), STARTS, DREAM, seeded(2))
    path, calls = tmp_path / "search", []
    part = learn_in_dreams(
        made(settings), Threat(), STARTS, DREAM, seeded(2), path,
        lambda: calls.append(1) or len(calls) == stop_at,
    )  # fmt: skip
    assert len(part) == stop_at
    agent = made(settings, seed=9)
    found = learn_in_dreams(agent, Threat(), STARTS, DREAM, seeded(5), path)
    assert torch.equal(agent.weights(), whole.weights())
    assert [replace(u, seconds=0) for u in found] == [replace(u, seconds=0) for u in want]
    again = learn_in_dreams(made(settings), Threat(), STARTS, DREAM, seeded(2), path)
    assert len(again) == 7, "finished, and not begun again"


def test_a_search_that_was_killed_has_lost_what_came_after_its_last_checkpoint(tmp_path):
    settings, path = replace(SETTINGS, updates=7, checkpoint_every=3), tmp_path / "search"

    def die(history):
        if len(history) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn_in_dreams(made(settings), Threat(), STARTS, DREAM, seeded(2), path, on_update=die)
    numbers = []
    learn_in_dreams(
        made(settings), Threat(), STARTS, DREAM, seeded(2), path,
        on_update=lambda history: numbers.append(len(history)),
    )  # fmt: skip
    assert numbers == [4, 5, 6, 7]


def test_a_checkpoint_of_another_search_is_refused(tmp_path):
    settings, path = replace(SETTINGS, updates=2), tmp_path / "search"
    learn_in_dreams(made(settings), Threat(), STARTS, DREAM, seeded(), path)
    for other in (replace(settings, discount=0.5), replace(settings, dreams=32)):
        with pytest.raises(ValueError, match="another search"):
            learn_in_dreams(made(other), Threat(), STARTS, DREAM, seeded(), path)
    with pytest.raises(ValueError, match="another search"):
        learn_in_dreams(made(settings), Threat(), STARTS, DreamSettings(2.0), seeded(), path)
    with pytest.raises(ValueError, match="another configuration"):
        learn_in_dreams(made(settings, bias=True), Threat(), STARTS, DREAM, seeded(), path)
    longer = learn_in_dreams(
        made(replace(settings, updates=3)), Threat(), STARTS, DREAM, seeded(), path
    )
    assert len(longer) == 3, "it may be told to last longer"


def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch):
    settings, path = replace(SETTINGS, updates=2, checkpoint_every=1), tmp_path / "search"
    learn_in_dreams(made(settings), Threat(), STARTS, DREAM, seeded(), path)
    before = path.read_bytes()

    def full(path, *rest):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "save_tensors", full)
    with pytest.raises(OSError, match="No space"):
        learn_in_dreams(made(replace(settings, updates=3)), Threat(), STARTS, DREAM, seeded(), path)
    assert path.read_bytes() == before


def test_an_m_that_is_broken_is_named():
    class Broken(Threat):
        def step(self, z, action, hidden):
            said, following = super().step(z, action, hidden)
            return replace(said, done=said.done * float("nan")), following

    with pytest.raises(ValueError, match="NaN"):
        learn_in_dreams(made(), Broken(), STARTS, DREAM, seeded())
