"""The total reward is returned instead of the rewards.

task: ps3-run-episode-tests
message: terminating step|its shape
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards).sum()
