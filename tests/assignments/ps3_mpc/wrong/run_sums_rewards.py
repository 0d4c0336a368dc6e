"""The rewards are summed up as they come.

task: ps3-run-episode-tests
message: each step pays|sums of the rewards
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(action)
        rewards.append(reward + (rewards[-1] if rewards else 0.0))
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
