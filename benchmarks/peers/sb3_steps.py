"""Runs of stable-baselines3's SAC or PPO on environments of the course, as JSON.

    echo '[{"environment": "mbrl/CartPoleBalance-v0", "algorithm": "SAC", "seed": 0, "copies": 1,
            "settings": {"learning_rate": 0.001}, "every": 50, "stop_at": 195, "cap": 5000}]' \\
        | python sb3_steps.py PROCESSES

Run in the peer's environment; each of the processes has one thread. Every `every` steps (PPO: at
the first end of its own rollouts after them) the deterministic policy is evaluated on `EPISODES`
episodes of seeds that nothing else uses, and the run stops at the first mean return of at least
`stop_at`, or once `cap` steps are used. The steps of the evaluations are not counted, and a lucky
evaluation counts, as for the course's own learner. Prints a line for each finished run: the job's
place in the list, and `steps`, the count at which it stopped (null: never reached), with `curve`,
the mean return of each evaluation beside the steps before it.
"""

import json
import multiprocessing
import sys
from pathlib import Path

import gymnasium
import stable_baselines3
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy

EPISODES = 5
EPISODE_STEPS = 200


def make(environment: str) -> gymnasium.Env:
    """The course's environment; the part before the colon is what Gymnasium imports first."""
    return gymnasium.make(f"mbrl_lib.envs:{environment}", max_episode_steps=EPISODE_STEPS)


def train(job: dict) -> dict:
    """Train until the return is reached or the steps are used up."""
    torch.set_num_threads(1)
    algorithm, seed = job["algorithm"], job["seed"]
    practice, test = (
        make_vec_env(lambda: make(job["environment"]), copies)
        for copies in (job["copies"], EPISODES)
    )
    model = getattr(stable_baselines3, algorithm)(  # seeds also its environments, one after another
        "MlpPolicy", practice, seed=100 * seed, device="cpu", **job["settings"]
    )
    curve, steps = [], None
    while steps is None and model.num_timesteps < job["cap"]:
        model.learn(job["every"], reset_num_timesteps=False)
        test.seed(1_000_000_000 + 1_000_000 * seed + EPISODES * len(curve))
        mean, _ = evaluate_policy(model, test, EPISODES, deterministic=True)
        curve.append([model.num_timesteps, round(float(mean), 1)])
        if mean >= job["stop_at"]:
            steps = model.num_timesteps
    return {"steps": steps, "curve": curve}


def numbered(place_and_job: tuple[int, dict]) -> tuple[int, dict]:
    """A run with its job's place in the list, which it may leave in another order."""
    place, job = place_and_job
    return place, train(job)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    jobs = json.load(sys.stdin)
    with multiprocessing.get_context("fork").Pool(int(sys.argv[1])) as pool:
        for run in pool.imap_unordered(numbered, enumerate(jobs)):
            print(json.dumps(run), flush=True)
