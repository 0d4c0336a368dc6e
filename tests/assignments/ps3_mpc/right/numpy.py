"""NumPy throughout where it is allowed."""
# %% ps3-shift
def shift(actions, steps=1):
    array = actions.numpy()
    index = np.minimum(np.arange(len(array)) + steps, len(array) - 1)
    return torch.from_numpy(array[index])

# %% ps3-mpc
class MPC:
    def __init__(self, plan, shift, replan_every=1, warm_start=True):
        if replan_every < 1:
            raise ValueError("replan_every must be at least 1")
        self.plan, self.shift = plan, shift
        self.replan_every, self.warm_start = replan_every, warm_start
        self.reset()

    def reset(self):
        self.actions, self.taken = None, 0

    def act(self, observation):
        if self.actions is None or self.taken >= min(self.replan_every, len(self.actions)):
            guess = None
            if self.warm_start and self.actions is not None:
                guess = self.shift(self.actions, self.taken)
            state = torch.from_numpy(np.array(observation, dtype=np.float32))
            self.actions, self.taken = self.plan(state, guess), 0
        action = self.actions[self.taken]
        self.taken += 1
        return action.numpy().copy()

# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state.numpy()], [], []
    for _ in range(steps):
        action = act(torch.from_numpy(states[-1]))
        state, reward, terminated = step(torch.from_numpy(states[-1]), action)
        states.append(state.numpy())
        actions.append(action.numpy())
        rewards.append(reward)
        if terminated:
            break
    return np.stack(states), np.stack(actions), np.array(rewards)

# %% ps3-gain
def replanning_gain(episode_return, intervals, horizon, seeds):
    if len(seeds) < 2:
        raise ValueError("two seeds at least")
    table = np.array([[episode_return(n, s) for n in [*intervals, horizon]] for s in seeds])
    gains = table[:, :-1] - table[:, -1:]
    return gains.mean(axis=0), gains.std(axis=0, ddof=1) / np.sqrt(len(seeds))
