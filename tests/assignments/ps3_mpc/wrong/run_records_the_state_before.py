"""The state before the step is recorded instead of the one after.

task: ps3-run-episode-tests
message: from 0, adding 1
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        states.append(state)
        state, reward, terminated = step(state, action)
        actions.append(action)
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
