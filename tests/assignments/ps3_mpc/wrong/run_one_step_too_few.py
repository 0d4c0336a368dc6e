"""Off by one: steps - 1 steps are taken.

task: ps3-run-episode-tests
message: steps is the number of steps
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps - 1):
        action = act(state)
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
