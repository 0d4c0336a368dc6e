"""The last allowed step is thought to be terminal and not recorded.

task: ps3-run-episode-tests
message: two steps lead|from 0|steps is|its shape|[(]T
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
    if not terminated:
        rewards.pop()
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
