"""The episode as a recursion; shift in two pieces; statistics module."""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    action = act(state)
    following, reward, over = step(state, action)
    if over or steps == 1:
        return torch.stack([state, following]), action[None], torch.tensor([reward])
    states, actions, rewards = run_episode(step, act, following, steps - 1)
    return (
        torch.cat([state[None], states]),
        torch.cat([action[None], actions]),
        torch.cat([torch.tensor([reward]), rewards]),
    )

# %% ps3-shift
def shift(actions, steps=1):
    return actions if steps == 0 else shift(torch.cat([actions[1:], actions[-1:]]), steps - 1)

# %% ps3-gain
import statistics


def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(set(seeds)) < 2:
        raise ValueError("two seeds at least")
    pairs = [[episode_return(n, s) - episode_return(horizon, s) for s in seeds] for n in intervals]
    return (
        torch.tensor([statistics.fmean(d) for d in pairs]),
        torch.tensor([statistics.stdev(d) / math.sqrt(len(d)) for d in pairs]),
    )
