"""The grid world: its rules by hand, its tables equal to its steps, changes that are felt."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib import plotting
from mbrl_lib.envs.grid import CLIFF, MAZE, Grid, GridRules, policy_value, value_iteration

UP, RIGHT, DOWN, LEFT = range(4)
CORNER = GridRules(("S.", "#G"), step_reward=-1.0, goal_reward=10.0)


def walk(env, actions):
    """States and rewards of a walk, and whether it ended."""
    steps = [env.step(action) for action in actions]
    return [s for s, *_ in steps], [r for _, r, *_ in steps], steps[-1][2]


@pytest.mark.filterwarnings("error")
def test_gymnasiums_own_check():
    check_env(gymnasium.make("mbrl/Grid-v0", render_mode="rgb_array").unwrapped)


def test_a_walk_by_hand():
    env = Grid(rules=CORNER)
    assert env.reset(seed=0)[0] == 0
    # off the map, into the wall, one to the right, off the map, into the goal
    states, rewards, ended = walk(env, [UP, DOWN, RIGHT, RIGHT, DOWN])
    assert states == [0, 0, 1, 1, 3] and rewards == [-1, -1, -1, -1, 10] and ended


def test_tables_by_hand_without_and_with_slipping():
    tables = Grid(rules=CORNER).tables()
    assert tables.transition[0, RIGHT].tolist() == [0, 1, 0, 0]
    assert tables.transition[1, DOWN].tolist() == [0, 0, 0, 1]
    assert tables.reward.tolist() == [[-1] * 4, [-1, -1, 10, -1], [0] * 4, [0] * 4]
    assert tables.terminal.tolist() == [False, False, True, True]
    slippery = Grid(rules=GridRules(("S.", "#G"), slip=0.2, goal_reward=10.0)).tables()
    # right from 1: stays with 0.8, slips down into the goal with 0.1, up with 0.1 (stays)
    np.testing.assert_allclose(slippery.transition[1, RIGHT], [0, 0.9, 0, 0.1])
    # down from 1: the goal with 0.8, right (stays) with 0.1, left with 0.1
    np.testing.assert_allclose(slippery.transition[1, DOWN], [0.1, 0.1, 0, 0.8])
    np.testing.assert_allclose(slippery.reward[1, DOWN], 8.0)


def test_tables_are_what_steps_do():
    rules = GridRules(("S.H", ".#.", "..G"), slip=0.3, step_reward=-0.1)
    env = Grid(rules=rules)
    tables = env.tables()
    np.testing.assert_allclose(tables.transition.sum(axis=2), 1)
    env.reset(seed=0)
    for state, action in ((0, RIGHT), (1, LEFT), (3, DOWN), (5, UP)):
        counts, total = np.zeros(9), 0.0
        for _ in range(2000):
            env.reset(options={"state": state})
            reached, reward, ended, _, _ = env.step(action)
            counts[reached] += 1
            total += reward
            assert ended == (reached in (2, 8))
        np.testing.assert_allclose(counts / 2000, tables.transition[state, action], atol=0.04)
        assert total / 2000 == pytest.approx(tables.reward[state, action], abs=0.05)
        assert set(np.flatnonzero(counts)) == set(np.flatnonzero(tables.transition[state, action]))


def test_value_iteration_by_hand():
    q = value_iteration(Grid(rules=CORNER).tables(), discount=0.5)
    # one step from the goal 10; two steps -1 + 0.5 * 10 = 4; staying at 1: -1 + 5; at 0: -1 + 2
    np.testing.assert_allclose(q[1], [4, 4, 10, -1 + 0.5 * 4])
    np.testing.assert_allclose(q[0], [1, 4, 1, 1])
    assert (q[2:] == 0).all()


@pytest.mark.parametrize(("rules", "steps"), [(GridRules(), 14), (GridRules.cliff(), 13)])
def test_the_textbooks_maps_have_the_textbooks_shortest_paths(rules, steps):
    """Sutton and Barto (2018): 14 steps through the maze of figure 8.2, 13 along the cliff."""
    env = Grid(rules=rules)
    best = value_iteration(env.tables(), 0.95).argmax(axis=1)
    state, ended, taken = env.reset(seed=0)[0], False, 0
    while not ended and taken < 100:
        state, _, ended, _, _ = env.step(best[state])
        taken += 1
    assert ended and taken == steps and rules.cells[state] == "G"


def test_policy_value_is_the_optimum_of_the_best_policy_and_by_hand_of_another():
    env = Grid(rules=GridRules(slip=0.2))
    tables = env.tables()
    q = value_iteration(tables, 0.9)
    np.testing.assert_allclose(policy_value(tables, q.argmax(axis=1), 0.9), q.max(1), atol=1e-8)
    corner = Grid(rules=CORNER).tables()
    # always up: -1 for ever, which is -1 / (1 - 0.9)
    np.testing.assert_allclose(policy_value(corner, np.full(4, UP), 0.9), [-10, -10, 0, 0])


def test_changes_are_felt_from_the_next_step_on_even_within_an_episode():
    env = Grid(rules=GridRules(("S..G",)))
    env.reset(seed=0)
    env.step(RIGHT)
    env.change(layout=("S.#G",), step_reward=-0.5)
    assert env.step(RIGHT)[:2] == (1, -0.5), "the new wall holds"
    env.change(layout=("GS..",))
    state, reward, ended, *_ = env.step(LEFT)
    assert (state, reward, ended) == (0, 1.0, True), "the goal has moved"
    assert env.tables().terminal.tolist() == [True, False, False, False]
    env.change(layout=("S..G",))
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(RIGHT)  # the episode had ended, whatever the rules are now
    assert env.reset()[0] == 0


def test_slipping_can_be_switched_on():
    env = Grid(rules=GridRules(("...", ".S.", "..G")))
    env.reset(seed=0)
    env.change(slip=1.0)
    for _ in range(20):
        env.reset(options={"state": 4})
        assert env.step(UP)[0] in (3, 5)


def test_same_seed_same_walk():
    walks = []
    for seed in (1, 1, 2):
        env = gymnasium.make("mbrl/Grid-v0", rules=GridRules(("S.S", "...", "S.G"), slip=0.5))
        start, _ = env.reset(seed=seed)
        actions = np.random.default_rng(0).integers(0, 2, size=30)
        states = [start]
        for action in actions:
            state, _, ended, _, _ = env.step(action)
            states.append(state)
            if ended:
                states.append(env.reset()[0])
        walks.append(states)
    assert walks[0] == walks[1] != walks[2]


def test_the_registered_one_has_a_time_limit():
    env = gymnasium.make("mbrl/Grid-v0")
    env.reset(seed=0)
    ends = [env.step(LEFT)[2:4] for _ in range(1000)]
    assert ends[-1] == (False, True) and not any(any(end) for end in ends[:-1])


def test_bad_input_is_named():
    for layout, words in (
        (("S.", "."), "one length"),
        (("SX",), "got X"),
        (("..",), "needs a start"),
        ((), "one length"),
    ):
        with pytest.raises(ValueError, match=words):
            GridRules(layout)
    with pytest.raises(ValueError, match="slip"):
        GridRules(slip=1.5)
    with pytest.raises(ValueError, match="goal_reward"):
        GridRules(goal_reward=float("nan"))
    with pytest.raises(ValueError, match="render_mode"):
        Grid(render_mode="human")
    env = Grid(rules=GridRules(("S..G",)))
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(RIGHT)
    env.reset(seed=0)
    for action in (4, -1, 0.5, np.zeros(1), "left"):
        with pytest.raises(ValueError, match="action must be"):
            env.step(action)
    with pytest.raises(ValueError, match="the rules are layout, slip"):
        env.change(walls=3)
    with pytest.raises(ValueError, match=r"stay \(1, 4\); got \(1, 3\)"):
        env.change(layout=("S.G",))
    with pytest.raises(ValueError, match="stands on 0"):
        env.change(layout=("#S.G",))
    assert env.rules.layout == ("S..G",), "a refused change changes nothing"
    with pytest.raises(ValueError, match="state must be"):
        env.reset(options={"state": 9})
    with pytest.raises(ValueError, match="'G'"):
        env.reset(options={"state": 3})
    for discount in (1.0, -0.1):
        with pytest.raises(ValueError, match="discount"):
            value_iteration(env.tables(), discount)
    with pytest.raises(ValueError, match=r"shape \(4,\); got \(3,\)"):
        policy_value(env.tables(), np.zeros(3, int), 0.9)


def test_pictures_show_the_agent_and_the_best_actions():
    env = Grid(render_mode="rgb_array", rules=GridRules(("S.G",)))
    env.reset(seed=0)
    before = env.render()
    env.step(RIGHT)
    assert before.shape == (24, 72, 3) and (before != env.render()).any()
    made, axes = plotting.figure()
    env.draw(axes, plotting.PALETTE, value_iteration(env.tables(), 0.9))
    words = [text.get_text() for text in axes.texts]
    assert words == ["→", "→", "G"]
    assert "→" in plotting.show(made, alt="two arrows and a goal").html
    plain = plotting.figure()[1]
    env.draw(plain, plotting.PALETTE)
    assert [text.get_text() for text in plain.texts] == ["S", "", "G"]


def test_maps_are_of_one_shape_each():
    assert GridRules(MAZE).shape == (6, 9) and GridRules(CLIFF).shape == (4, 12)
