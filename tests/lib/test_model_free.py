"""Learners without a model: each update by hand, the optimum where it can be computed."""

from dataclasses import replace

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib.data import ReplayBuffer
from mbrl_lib.envs.grid import Grid, GridRules, policy_value, value_iteration
from mbrl_lib.model_free import (
    DQNSettings,
    GreedyQ,
    QNetwork,
    TabularRun,
    TabularSettings,
    dyna_q,
    epsilon_greedy,
    q_learning,
    sarsa,
    train_dqn,
)
from mbrl_lib.model_free.dqn import exploration, learn, loss, targets
from mbrl_lib.types import Batch

LEARNERS = [q_learning, sarsa, dyna_q]
HALL = GridRules(("S.G",), step_reward=-1.0, goal_reward=10.0)  # states 0, 1, 2; right is 1


def start_from(q):
    return TabularRun(np.array(q, dtype=float), np.array([]), np.array([], dtype=int), {})


def one_episode(learner, q, rules=HALL, **settings):
    """The values after one greedy episode that begins with the values `q`."""
    settings = {"step_size": 0.5, "discount": 0.9, "epsilon": 0.0, **settings}
    run = learner(
        Grid(rules=rules),
        np.random.default_rng(0),
        TabularSettings(episodes=1, **settings),
        start=start_from(q),
    )
    return run


RIGHT_IS_BEST = [[0, 2, 0, 0], [1, 4, 1, 1], [0, 0, 0, 0]]


@pytest.mark.parametrize("learner", [q_learning, sarsa])
def test_two_updates_by_hand(learner):
    run = one_episode(learner, RIGHT_IS_BEST)
    # Q(0, right) += 0.5 (-1 + 0.9 * 4 - 2);  Q(1, right) += 0.5 (10 - 4): the goal has no future
    np.testing.assert_allclose(run.q, [[0, 2.3, 0, 0], [1, 7, 1, 1], [0, 0, 0, 0]])
    assert run.returns.tolist() == [9] and run.lengths.tolist() == [2] == run.steps.tolist()


def test_only_sarsa_pays_for_the_next_random_action():
    """With ε = 1 the second action is random; Q-learning's first target must not depend on it."""
    firsts = {}
    for learner in (q_learning, sarsa):
        seen = set()
        for seed in range(40):
            env = gymnasium.wrappers.TimeLimit(Grid(rules=HALL), 1)
            settings = TabularSettings(episodes=1, step_size=1.0, discount=0.5, epsilon=1.0)
            values = [[0, 0, 0, 0], [-8, 4, -8, -8], [0, 0, 0, 0]]
            run = learner(env, np.random.default_rng(seed), settings, start=start_from(values))
            seen.add(float(run.q[0, 1]))  # 0 if another action came first
        firsts[learner] = seen - {0.0}
    assert firsts[q_learning] == {-1 + 0.5 * 4}
    assert firsts[sarsa] == {-1 + 0.5 * 4, -1 + 0.5 * -8}


class Recorded(gymnasium.Wrapper):
    """Remembers the actions that were taken since the last reset."""

    def reset(self, **options):
        self.actions = []
        return super().reset(**options)

    def step(self, action):
        self.actions.append(action)
        return super().step(action)


def test_sarsa_takes_the_action_that_it_learned_from():
    values = np.arange(12.0).reshape(3, 4)
    for seed in range(30):
        env = Recorded(gymnasium.wrappers.TimeLimit(Grid(rules=HALL), 2))
        settings = TabularSettings(episodes=1, step_size=1.0, discount=0.5, epsilon=1.0)
        run = sarsa(env, np.random.default_rng(seed), settings, start=start_from(values))
        first, second = env.actions
        if first == 1:  # to state 1, where the second action is taken
            assert run.q[0, 1] == -1 + 0.5 * values[1, second]


def test_dyna_q_by_hand():
    """A hall of one step: the real update, then three more of the only pair that is known."""
    rules = GridRules(("SG",), goal_reward=8.0)
    run = one_episode(dyna_q, [[0, 1, 0, 0], [0] * 4], rules, planning_steps=3)
    assert run.q[0, 1] == 8 - 7 * 0.5**4
    assert {pair: list(seen) for pair, seen in run.model.items()} == {(0, 1): [(8.0, 1, True)]}
    without = one_episode(dyna_q, [[0, 1, 0, 0], [0] * 4], rules, planning_steps=0)
    assert without.q[0, 1] == 8 - 7 * 0.5


def test_dyna_q_plans_with_a_terminal_state_as_terminal():
    """Values of the goal are poisoned; neither acting nor planning may look at them."""
    poisoned = [[0, 2, 0, 0], [1, 4, 1, 1], [1e6] * 4]
    for learner in LEARNERS:
        run = one_episode(learner, poisoned, planning_steps=20)
        assert run.q[:2].max() <= 10 and (run.q[2] == 1e6).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_truncated_step_is_bootstrapped(learner):
    env = gymnasium.wrappers.TimeLimit(Grid(rules=HALL), 1)
    settings = TabularSettings(
        episodes=1, step_size=0.5, discount=0.9, epsilon=0.0, planning_steps=0
    )
    run = learner(env, np.random.default_rng(0), settings, start=start_from(RIGHT_IS_BEST))
    assert run.lengths.tolist() == [1]
    assert run.q[0, 1] == pytest.approx(2 + 0.5 * (-1 + 0.9 * 4 - 2))


def test_dyna_q_forgets_what_it_saw_long_ago():
    rules = GridRules(("S.G", "..."), slip=0.9)
    settings = TabularSettings(episodes=20, epsilon=1.0, memory=3)
    run = dyna_q(Grid(rules=rules), np.random.default_rng(0), settings)
    assert max(len(seen) for seen in run.model.values()) == 3
    later = dyna_q(
        Grid(rules=rules),
        np.random.default_rng(1),
        TabularSettings(episodes=1, memory=1),
        start=run,
    )
    assert {len(seen) for seen in later.model.values()} == {1}
    assert set(run.model) <= set(later.model), "an earlier run's model is carried on"
    assert max(len(seen) for seen in run.model.values()) == 3, "and stays as it was"


@pytest.mark.parametrize("learner", [q_learning, dyna_q])
def test_values_converge_to_value_iterations(learner):
    rules = GridRules(("S.", ".G"), step_reward=-1.0, goal_reward=5.0)
    settings = TabularSettings(episodes=1500, step_size=0.5, discount=0.8, epsilon=1.0)
    run = learner(Grid(rules=rules), np.random.default_rng(0), settings)
    optimum = value_iteration(Grid(rules=rules).tables(), 0.8)
    np.testing.assert_allclose(run.q, optimum, atol=1e-6)


def test_sarsa_converges_to_the_value_of_the_policy_it_follows():
    rules = GridRules(("S.", ".G"), step_reward=-1.0, goal_reward=5.0)
    settings = TabularSettings(episodes=6000, step_size=0.01, discount=0.8, epsilon=1.0)
    run = sarsa(Grid(rules=rules), np.random.default_rng(0), settings)
    tables = Grid(rules=rules).tables()
    value = np.zeros(4)
    for _ in range(200):  # Bellman's equation of the uniformly random policy
        value = (tables.reward + 0.8 * tables.transition @ value).mean(axis=1)
    np.testing.assert_allclose(run.q, tables.reward + 0.8 * tables.transition @ value, atol=0.5)
    assert np.abs(run.q - value_iteration(tables, 0.8)).max() > 3, "which is not the optimum"


def cliff_path(q):
    env = Grid(rules=GridRules.cliff())
    state, ended, path = env.reset(seed=0)[0], False, []
    while not ended and len(path) < 100:
        state, _, ended, _, _ = env.step(int(q[state].argmax()))
        path.append(state)
    return path


def test_on_the_cliff_q_learning_walks_the_edge_and_sarsa_earns_more():
    """Sutton and Barto (2018), example 6.6."""
    env = Grid(rules=GridRules.cliff())
    settings = TabularSettings(episodes=300, step_size=0.5, discount=0.99)
    earned = {}
    for learner in (q_learning, sarsa):
        runs = [learner(env, np.random.default_rng(s), settings) for s in range(3)]
        earned[learner] = np.mean([run.returns[-100:].mean() for run in runs])
        if learner is q_learning:
            assert all(len(cliff_path(run.q)) == 13 for run in runs), "the shortest way"
    assert earned[sarsa] > earned[q_learning] + 5


def test_dyna_q_needs_fewer_steps_than_q_learning():
    env = gymnasium.make("mbrl/Grid-v0")
    tables = env.unwrapped.tables()
    start = int(env.reset(seed=0)[0])
    optimum = value_iteration(tables, 0.95)[start].max()

    def solved(q):
        return policy_value(tables, q.argmax(axis=1), 0.95)[start] >= 0.9 * optimum

    def steps(learner, planning):
        settings = TabularSettings(episodes=150, planning_steps=planning)
        runs = [learner(env, np.random.default_rng(s), settings, stop=solved) for s in range(4)]
        assert all(solved(run.q) for run in runs)
        return np.mean([run.steps[-1] for run in runs])

    assert steps(q_learning, 0) > 3 * steps(dyna_q, 5)


def test_ties_are_drawn_by_lot_and_epsilon_is_the_share_of_random_actions():
    generator = np.random.default_rng(0)
    values = np.array([1.0, 3.0, 3.0, 0.0])
    greedy = [epsilon_greedy(values, 0.0, generator) for _ in range(400)]
    assert np.bincount(greedy, minlength=4) == pytest.approx([0, 200, 200, 0], abs=40)
    half = [epsilon_greedy(np.array([0.0, 1.0]), 0.5, generator) for _ in range(2000)]
    assert np.mean(half) == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("learner", LEARNERS)
def test_same_seed_same_table(learner):
    settings = TabularSettings(episodes=5)
    first, second, other = (
        learner(Grid(rules=GridRules(slip=0.1)), np.random.default_rng(s), settings)
        for s in (3, 3, 4)
    )
    assert np.array_equal(first.q, second.q) and np.array_equal(first.lengths, second.lengths)
    assert not np.array_equal(first.lengths, other.lengths)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_run_can_be_stopped_and_continued(learner):
    env = Grid(rules=HALL)
    run = learner(
        env, np.random.default_rng(0), TabularSettings(episodes=9), stop=lambda q: q[1, 1] > 0
    )
    assert len(run.returns) == len(run.lengths) == len(run.steps) < 9
    kept = run.q.copy()
    on = learner(env, np.random.default_rng(1), TabularSettings(episodes=4), start=run)
    assert on.q[1, 1] > run.q[1, 1] and np.array_equal(run.q, kept)
    assert run.steps[-1] == run.lengths.sum()


@pytest.mark.parametrize("learner", LEARNERS)
def test_bad_input_is_named(learner):
    generator = np.random.default_rng(0)
    with pytest.raises(ValueError, match="a table needs states in Discrete"):
        learner(gymnasium.make("CartPole-v1"), generator)
    with pytest.raises(ValueError, match=r"shape \(3, 4\); got \(2, 2\)"):
        learner(Grid(rules=HALL), generator, start=start_from(np.zeros((2, 2))))
    for bad in (
        {"episodes": 0}, {"step_size": 2.0}, {"discount": -0.1}, {"epsilon": 1.1},
        {"planning_steps": -1}, {"memory": 0},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(bad))):
            TabularSettings(**bad)


# The deep Q-network


def linear(weights):
    """A network without hidden layer: Q(s, ·) = weights s."""
    network = QNetwork(1, 2, (), torch.Generator().manual_seed(0))
    with torch.no_grad():
        network.layers[0].weight.copy_(torch.tensor(weights)[:, None])
        network.layers[0].bias.zero_()
    return network


BATCH = Batch(
    state=torch.tensor([[1.0], [1.0], [1.0]]),
    action=torch.tensor([[0.0], [1.0], [1.0]]),
    reward=torch.tensor([1.0, 1.0, 1.0]),
    next_state=torch.tensor([[2.0], [2.0], [-2.0]]),
    terminated=torch.tensor([False, True, False]),
    truncated=torch.tensor([False, False, True]),
)


def test_targets_and_loss_by_hand():
    online, target = linear([1.0, 3.0]), linear([5.0, 0.5])
    # at 2 online prefers action 1, which the target network values 0.5 * 2; at -2 it prefers 0,
    # worth 5 * -2. The second ended for good; the third was only truncated.
    expected = [1 + 0.9 * 1.0, 1.0, 1 + 0.9 * -10.0]
    np.testing.assert_allclose(targets(BATCH, online, target, 0.9), expected, rtol=1e-6)
    # Q(1, 0) = 1, Q(1, 1) = 3: errors -0.9, 2, 11 -> 0.9²/2, 2 - 0.5, 11 - 0.5
    value = loss(BATCH, online, target, 0.9).detach()
    assert float(value) == pytest.approx((0.405 + 1.5 + 10.5) / 3, rel=1e-5)


def test_the_gradient_moves_only_the_action_that_was_taken_and_not_the_target():
    online, target = linear([1.0, 3.0]), linear([5.0, 0.5])
    loss(BATCH[:1], online, target, 0.9).backward()
    # d/dw0 of (w0 - 1.9)²/2 at w0 = 1
    np.testing.assert_allclose(online.layers[0].weight.grad[:, 0], [-0.9, 0.0], atol=1e-6)
    assert all(p.grad is None for p in target.parameters())


def test_a_round_of_learning_keeps_its_targets_still():
    """A state that leads to itself for ever, γ = 1, reward 1: one round moves Q(s) to 1 + Q⁻(s)."""
    replay = ReplayBuffer(1, 1, 4)
    one = torch.ones(1, 1)
    never = torch.zeros(1, dtype=torch.bool)
    for action in (0.0, 1.0):
        replay.add_batch(Batch(one, torch.full((1, 1), action), torch.ones(1), one, never, never))
    network = linear([2.0, 2.0])
    settings = DQNSettings(discount=1.0, round_updates=200, learning_rate=0.05)
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    learn(replay, network, optimizer, torch.Generator().manual_seed(0), settings)
    np.testing.assert_allclose(network(one).detach(), [[3.0, 3.0]], atol=0.05)


def test_exploration_falls_to_its_end():
    settings = DQNSettings(epsilon_start=0.9, epsilon_end=0.1, epsilon_steps=100)
    assert [exploration(step, settings) for step in (0, 50, 100, 1000)] == pytest.approx(
        [0.9, 0.5, 0.1, 0.1]
    )


class Corridor(gymnasium.Env):
    """Right, right, right: the position is seen, action 1 moves on, action 0 back."""

    observation_space = spaces.Box(-1, 1, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.place = max(0, self.place + (1 if action else -1))
        arrived = self.place == 3
        observation = np.array([self.place / 3], np.float32)
        return observation, float(arrived) - 0.01, arrived, False, {}


SMALL = DQNSettings(
    steps=3000, hidden=(16,), discount=0.9, warm_up=128, round_steps=64, round_updates=32,
    epsilon_steps=500, check_every=4, check_episodes=2, solved=0.96,
)  # fmt: skip


def corridor():
    return gymnasium.wrappers.TimeLimit(Corridor(), 20)


def test_it_learns_a_corridor_and_stops_when_a_check_is_passed():
    run = train_dqn(corridor, torch.Generator().manual_seed(0), SMALL)
    assert run.solved and run.steps < SMALL.steps
    assert run.checks[-1] == (run.steps, pytest.approx(0.97))
    assert all(mean < SMALL.solved for _, mean in run.checks[:-1])
    assert [step % 256 for step, _ in run.checks] == [run.checks[0][0] % 256] * len(run.checks)
    policy = GreedyQ(run.network)
    assert [int(policy.act(np.array([x], np.float32))) for x in (0.0, 0.34, 0.67)] == [1, 1, 1]
    assert len(run.returns) == len(run.ends) and run.ends[-1] <= run.steps
    assert (np.diff(run.ends) <= 20).all(), "no episode is longer than its time limit"


def test_it_gives_up_when_the_steps_are_used_up():
    run = train_dqn(corridor, torch.Generator().manual_seed(0), replace(SMALL, solved=2, steps=300))
    assert not run.solved and run.steps == 300


def test_same_seed_same_network_and_the_global_generator_is_left_alone():
    before, short = torch.random.get_rng_state(), replace(SMALL, steps=300)
    first, second, other = (
        train_dqn(corridor, torch.Generator().manual_seed(s), short).network.state_dict()
        for s in (1, 1, 2)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_bad_input_of_the_deep_one_is_named():
    generator = torch.Generator().manual_seed(0)
    with pytest.raises(ValueError, match=r"observations \(S,\) in a Box"):
        train_dqn(lambda: Grid(), generator)
    with pytest.raises(ValueError, match="actions in Discrete"):
        train_dqn(lambda: gymnasium.make("mbrl/CartPoleBalance-v0"), generator)
    with pytest.raises(ValueError, match=r"shape \(any, 1\); got \(1,\)"):
        linear([1.0, 1.0])(torch.zeros(1))
    for bad in ({"steps": 0}, {"discount": 1.5}, {"learning_rate": 0}, {"round_updates": 0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            DQNSettings(**bad)
