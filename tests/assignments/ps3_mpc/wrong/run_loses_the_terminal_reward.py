"""The terminating step is not recorded.

task: ps3-run-episode-tests
message: two steps lead|terminating
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        state, reward, terminated = step(state, action)
        if terminated:
            break
        states.append(state)
        actions.append(action)
        rewards.append(reward)
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
