"""Planners on a problem whose best plan is known, and their edge cases."""

import math

import gymnasium
import numpy as np
import pytest
import torch

from mbrl_lib.data import run_episode
from mbrl_lib.envs.cartpole import CartPoleParameters, CartPoleSwingUp
from mbrl_lib.planning import (
    CEM,
    ICEM,
    MPC,
    MPPI,
    CEMSettings,
    ICEMSettings,
    MPPISettings,
    PlanningProblem,
    RandomShooting,
    coloured_noise,
    evaluate_candidates,
    path_weights,
    refit,
    sample_uniform,
)
from mbrl_lib.planning.mpc import shift
from mbrl_lib.types import Dynamics, Gaussian, Plan, Planner, Policy


class Integrator:
    """s' = s + a, exactly."""

    def predict(self, state, action):
        mean = state + action
        return Gaussian(mean, torch.zeros_like(mean))


def distance(state, action, next_state):
    """Minus the squared distance to 1, less a price on the action: a linear-quadratic problem."""
    return -((next_state[:, 0] - 1) ** 2) - 0.1 * action[:, 0] ** 2


def problem(**changes):
    settings = {"dynamics": Integrator(), "reward": distance, "low": [-1.0], "high": [1.0]}
    return PlanningProblem(**{**settings, **changes})


def optimum(start: float, horizon: int) -> float:
    """The best return of the linear-quadratic problem, by the normal equations (no bound binds)."""
    lower = torch.tril(torch.ones(horizon, horizon, dtype=torch.float64))
    a = torch.linalg.solve(
        lower.T @ lower + 0.1 * torch.eye(horizon, dtype=torch.float64),
        lower.T @ torch.full((horizon,), 1.0 - start, dtype=torch.float64),
    )
    assert a.abs().max() < 1
    return -float(((start + lower @ a - 1) ** 2).sum() + 0.1 * (a**2).sum())


def test_protocols_are_kept():
    planner = RandomShooting(problem())
    assert isinstance(Integrator(), Dynamics) and isinstance(planner, Planner)
    assert isinstance(CEM(problem()), Planner)
    assert isinstance(MPC(planner, torch.Generator()), Policy)


def test_returns_by_hand():
    actions = torch.tensor([[[1.0], [0.0]], [[0.5], [0.5]]])
    # rewards: -(0)^2 - .1, -(0)^2 ; -(.5)^2 - .025, -0 - .025
    got = evaluate_candidates(problem(), torch.zeros(1), actions)
    assert got.tolist() == pytest.approx([-0.1, -0.3])
    half = evaluate_candidates(problem(discount=0.5), torch.zeros(1), actions)
    assert half.tolist() == pytest.approx([-0.1, -0.275 - 0.0125])


def test_termination_counts_its_own_step_and_no_later_one():
    over = problem(reward=lambda s, a, n: torch.ones(len(s)), terminated=lambda s: s[:, 0] >= 1.5)
    actions = torch.tensor([[[1.0]] * 4, [[0.0]] * 4, [[-1.0]] * 4])
    assert evaluate_candidates(over, torch.zeros(1), actions).tolist() == [2, 4, 4]
    at_once = torch.tensor([[[1.0]] * 4])
    assert evaluate_candidates(over, torch.ones(1), at_once).tolist() == [1]


def test_nan_and_infinity_are_worth_minus_infinity():
    class Breaks:
        def predict(self, state, action):
            mean = torch.where(action > 0.5, float("nan"), state + action)
            mean = torch.where(action < -0.5, float("inf"), mean)
            return Gaussian(mean, torch.zeros_like(mean))

    broken = problem(dynamics=Breaks(), reward=lambda s, a, n: n[:, 0])
    actions = torch.tensor([[[0.9]], [[-0.9]], [[0.1]]])
    got = evaluate_candidates(broken, torch.zeros(1), actions)
    assert got.tolist() == [-torch.inf, -torch.inf, pytest.approx(0.1)]
    plan = RandomShooting(broken, 50, 1).plan(torch.zeros(1), torch.Generator().manual_seed(0))
    assert torch.isfinite(plan.actions).all() and plan.best_return > -torch.inf


def test_nan_after_termination_does_not_matter():
    class BreaksLater:
        def predict(self, state, action):
            mean = torch.where(state > 0.5, float("nan"), state + action)
            return Gaussian(mean, torch.zeros_like(mean))

    ends = problem(dynamics=BreaksLater(), terminated=lambda s: s[:, 0] > 0.5)
    got = evaluate_candidates(ends, torch.zeros(1), torch.ones(1, 3, 1))
    assert got.tolist() == pytest.approx([-0.1])


def test_candidates_can_be_permuted():
    g = torch.Generator().manual_seed(0)
    actions = sample_uniform(20, 5, torch.tensor([-1.0]), torch.tensor([1.0]), g)
    order = torch.randperm(20, generator=g)
    returns = evaluate_candidates(problem(), torch.zeros(1), actions)
    assert torch.equal(
        evaluate_candidates(problem(), torch.zeros(1), actions[order]), returns[order]
    )


def test_uniform_samples_fill_their_bounds():
    low, high = torch.tensor([-3.0, 0.0]), torch.tensor([-1.0, 5.0])
    a = sample_uniform(2000, 3, low, high, torch.Generator().manual_seed(0)).reshape(-1, 2)
    assert (a >= low).all() and (a <= high).all()
    torch.testing.assert_close(a.mean(dim=0), (low + high) / 2, atol=0.1, rtol=0)
    torch.testing.assert_close(a.std(dim=0), (high - low) / 12**0.5, atol=0.05, rtol=0)


@pytest.mark.parametrize("seed", range(5))
def test_cem_finds_the_linear_quadratic_optimum_and_random_shooting_comes_near(seed):
    best = optimum(0.2, 6)
    g = torch.Generator().manual_seed(seed)
    cem = CEM(problem(), CEMSettings(200, 6, 8, 20)).plan(torch.tensor([0.2]), g)
    shot = RandomShooting(problem(), 1600, 6).plan(torch.tensor([0.2]), g)
    value = float(evaluate_candidates(problem(), torch.tensor([0.2]), cem.actions[None])[0])
    assert best - 0.02 <= value <= best + 1e-6
    assert shot.best_return < value, "the same number of rollouts, better spent"


def test_refit_by_hand():
    actions = torch.tensor([[[0.0]], [[1.0]], [[3.0]], [[9.0]]])
    mean, std = refit(actions, torch.tensor([0.0, 5.0, 4.0, -torch.inf]), 2)
    assert mean.item() == 2 and std.item() == 1  # the population's, not the sample's
    mean, std = refit(actions, torch.tensor([0.0, 5.0, 4.0, 1.0]), 1)
    assert mean.item() == 1 and std.item() == 0


@pytest.mark.parametrize("make", [
    lambda p: RandomShooting(p, 30, 7),
    lambda p: CEM(p, CEMSettings(30, 7, 3, 5)),
    lambda p: ICEM(p, ICEMSettings(30, 7, 1, 5)),
    lambda p: MPPI(p, MPPISettings(30, 7, 2)),
])  # fmt: skip
def test_plans_are_reproducible_and_within_bounds(make):
    planner = make(problem(low=[-0.3], high=[0.2]))
    plans = [planner.plan(torch.zeros(1), torch.Generator().manual_seed(s)) for s in (1, 1, 2)]
    assert torch.equal(plans[0].actions, plans[1].actions)
    assert not torch.equal(plans[0].actions, plans[2].actions)
    for plan in plans:
        assert plan.candidates.shape[1:] == (7, 1) and len(plan.candidates) >= 30
        assert plan.returns.shape == plan.candidates.shape[:1]
        assert plan.candidates.min() >= -0.3 and plan.candidates.max() <= 0.2
        assert plan.actions.min() >= -0.3 and plan.actions.max() <= 0.2


def test_a_good_warm_start_helps_and_is_clipped():
    perfect = torch.tensor([[1.0], [0.0], [0.0]])
    g = torch.Generator().manual_seed(0)
    plan = RandomShooting(problem(), 5, 3).plan(torch.zeros(1), g, perfect)
    assert torch.equal(plan.actions, perfect)
    plan = RandomShooting(problem(), 1, 3).plan(torch.zeros(1), g, perfect * 9)
    assert torch.equal(plan.actions, perfect)
    quick = CEMSettings(20, 3, 1, 5)
    warm = CEM(problem(), quick).plan(torch.zeros(1), torch.Generator().manual_seed(0), perfect)
    cold = CEM(problem(), quick).plan(torch.zeros(1), torch.Generator().manual_seed(0))
    assert warm.returns.mean() > cold.returns.mean()


def test_k_1_and_h_1():
    g = torch.Generator().manual_seed(0)
    for planner in (RandomShooting(problem(), 1, 1), CEM(problem(), CEMSettings(1, 1, 2, 1))):
        plan = planner.plan(torch.zeros(1), g)
        assert plan.actions.shape == (1, 1) and torch.isfinite(plan.actions).all()


class Scripted:
    """A planner that returns 0, 1, 2, ... and remembers what it was given."""

    def __init__(self, horizon=3):
        self.horizon, self.seen = horizon, []

    def plan(self, state, generator, warm_start=None):
        self.seen.append(
            (state.tolist(), None if warm_start is None else warm_start[:, 0].tolist())
        )
        first = 10.0 * len(self.seen)
        actions = first + torch.arange(float(self.horizon))[:, None]
        return Plan(actions, actions[None], torch.zeros(1))


def test_mpc_replans_every_step_with_the_rest_of_the_last_plan():
    planner = Scripted()
    mpc = MPC(planner, torch.Generator())
    taken = [mpc.act(np.array([float(i)]))[0] for i in range(3)]
    assert taken == [10, 20, 30]
    assert planner.seen == [([0.0], None), ([1.0], [11, 12, 12]), ([2.0], [21, 22, 22])]
    mpc.reset()
    mpc.act(np.array([9.0]))
    assert planner.seen[-1] == ([9.0], None)


def test_open_loop_carries_the_plan_out_and_no_further_than_it_goes():
    planner = Scripted()
    mpc = MPC(planner, torch.Generator(), replan_every=100, warm_start=False)
    taken = [mpc.act(np.zeros(1))[0] for _ in range(4)]
    assert taken == [10, 11, 12, 20]
    assert [guess for _, guess in planner.seen] == [None, None]


def test_mpc_with_two_steps_between_plans():
    planner = Scripted()
    mpc = MPC(planner, torch.Generator(), replan_every=2)
    assert [mpc.act(np.zeros(1))[0] for _ in range(4)] == [10, 11, 20, 21]
    assert planner.seen[1][1] == [12, 12, 12]
    assert shift(torch.tensor([[1.0], [2.0]])).tolist() == [[2.0], [2.0]]


def test_mpc_swings_the_pole_up_with_true_dynamics():
    env = gymnasium.make("mbrl/CartPoleSwingUp-v0")
    planner = CEM(PlanningProblem.in_env(env), CEMSettings(100, 50, 3, 10))
    t = run_episode(env, MPC(planner, torch.Generator().manual_seed(0)), seed=0)
    assert not t.terminated and t.states[-50:, 2].min() > 0.9, "the last second upright"


def test_a_wrong_model_is_planned_with_as_it_is():
    env = gymnasium.make("mbrl/CartPoleSwingUp-v0")
    heavy = CartPoleSwingUp(parameters=CartPoleParameters(pole_mass=1.0))
    wrong = PlanningProblem.in_env(heavy).dynamics
    assert PlanningProblem.in_env(env, wrong).dynamics is wrong


def test_bad_input():
    g = torch.Generator()
    with pytest.raises(ValueError, match="below its upper"):
        problem(low=[1.0], high=[-1.0])
    with pytest.raises(ValueError, match="one length"):
        problem(low=[-1.0, -1.0])
    with pytest.raises(ValueError, match="finite"):
        problem(low=[-float("inf")])
    with pytest.raises(ValueError, match=r"discount must lie in \[0, 1\]"):
        problem(discount=1.5)
    for bad in ((0, 5), (5, 0), (2.5, 5)):
        with pytest.raises(ValueError, match="at least 1"):
            RandomShooting(problem(), *bad)
        with pytest.raises(ValueError, match="at least 1"):
            sample_uniform(*bad, torch.tensor([-1.0]), torch.tensor([1.0]), g)
    with pytest.raises(ValueError, match="elites must not exceed candidates; got 6 of 5"):
        CEMSettings(candidates=5, elites=6)
    with pytest.raises(ValueError, match="elites must not exceed candidates"):
        refit(torch.zeros(2, 1, 1), torch.zeros(2), 3)
    planner = RandomShooting(problem(), 5, 3)
    with pytest.raises(ValueError, match="state must be finite"):
        planner.plan(torch.tensor([float("nan")]), g)
    with pytest.raises(ValueError, match=r"state must have shape \(any,\); got \(1, 1\)"):
        planner.plan(torch.zeros(1, 1), g)
    with pytest.raises(ValueError, match=r"warm_start must have shape \(3, 1\)"):
        planner.plan(torch.zeros(1), g, torch.zeros(2, 1))
    with pytest.raises(ValueError, match="floating-point"):
        planner.plan(torch.zeros(1, dtype=torch.int64), g)
    with pytest.raises(ValueError, match="CPU"):
        planner.plan(torch.zeros(1, device="meta"), g)
    with pytest.raises(ValueError, match="replan_every"):
        MPC(planner, g, replan_every=0)


# --- iCEM and MPPI --------------------------------------------------------------------------------


def test_coloured_noise_has_variance_1_and_a_spectrum_that_falls():
    for horizon in (20, 21):
        for beta in (0.0, 2.0):
            g = torch.Generator().manual_seed(0)
            noise = coloured_noise(20_000, horizon, 1, beta, g)[:, :, 0]
            assert noise.shape == (20_000, horizon)
            torch.testing.assert_close(noise.var(dim=0), torch.ones(horizon), atol=0.05, rtol=0)
            power = torch.fft.rfft(noise).abs().square().mean(dim=0)
            assert power[1] / power[4] == pytest.approx(4**beta, rel=0.1)


def test_path_weights_by_hand():
    got = path_weights(torch.tensor([1.0, 2.0, -torch.inf]), 0.5)
    want = torch.tensor([1.0, math.exp(2.0), 0.0]) / (1 + math.exp(2))
    torch.testing.assert_close(got, want)
    huge = path_weights(torch.tensor([1e30, 1e30]), 1e-3)
    assert huge.tolist() == [0.5, 0.5], "nothing overflows"
    assert path_weights(torch.full((2,), -torch.inf), 1.0).tolist() == [0, 0]
    sharp = path_weights(torch.tensor([1.0, 1.1, 0.0]), 1e-3)
    assert sharp[1] > 0.999


def test_mppi_without_any_finite_return_keeps_its_mean():
    nan = PlanningProblem(
        Nothing(), lambda s, a, n: torch.full_like(n[:, 0], torch.nan), [-1.0], [1.0]
    )
    guess = torch.full((4, 1), 0.3)
    plan = MPPI(nan, MPPISettings(8, 4)).plan(torch.zeros(1), torch.Generator(), guess)
    assert torch.equal(plan.actions, guess)


class Nothing:
    """A model in which nothing happens."""

    def predict(self, state, action):
        return Gaussian(state, torch.zeros_like(state))


def test_icem_and_mppi_find_the_linear_quadratic_optimum():
    g = torch.Generator().manual_seed(0)
    state = torch.tensor([0.2])
    for planner in (
        ICEM(problem(), ICEMSettings(100, 4, 8, 10, noise_beta=0.5)),
        MPPI(problem(), MPPISettings(400, 4, 10, noise_std=0.2, temperature=0.01)),
    ):
        plan = planner.plan(state, g)
        worth = float(evaluate_candidates(problem(), state, plan.actions[None])[0])
        assert optimum(0.2, 4) - 0.02 < worth <= optimum(0.2, 4) + 1e-5


def test_icem_takes_the_calmest_of_equals():
    """Where every sequence is worth the same, the plan is the mean: no trembling for nothing."""
    flat = PlanningProblem(Nothing(), lambda s, a, n: torch.ones_like(n[:, 0]), [-1.0], [1.0])
    guess = torch.full((5, 1), 0.25)
    settings = ICEMSettings(20, 5, 1, 4)
    plan = ICEM(flat, settings).plan(torch.zeros(1), torch.Generator().manual_seed(0), guess)
    torch.testing.assert_close(plan.actions, guess)


def test_icem_has_fewer_candidates_each_round():
    counts = []

    class Counting(Nothing):
        def predict(self, state, action):
            counts.append(state.shape[0])
            return super().predict(state, action)

    counted = PlanningProblem(Counting(), lambda s, a, n: n[:, 0], [-1.0], [1.0])
    settings = ICEMSettings(40, 1, 3, 10, decay=2.0, keep=0.2)
    ICEM(counted, settings).plan(torch.zeros(1), torch.Generator().manual_seed(0))
    assert counts == [40 + 1, 20 + 2, 20 + 2 + 1], "kept ones beside them, the mean at the end"
