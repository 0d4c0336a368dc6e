"""The state after the last step is not recorded.

task: ps3-run-episode-tests
message: two steps lead to 2|T [+] 1
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [], [], []
    for _ in range(steps):
        action = act(state)
        states.append(state)
        state, reward, terminated = step(state, action)
        actions.append(action)
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
