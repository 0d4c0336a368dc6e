"""The reward of the terminating step is dropped to zero.

task: ps3-run-episode-tests
message: each step pays
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(action)
        rewards.append(0.0 if terminated else reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
