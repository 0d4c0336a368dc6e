"""The first step is taken before the loop and its termination is not looked at.

task: ps3-run-episode-tests
message: termination is not looked at
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    action = act(state)
    next_state, reward, _ = step(state, action)
    states, actions, rewards = [state, next_state], [action], [float(reward)]
    for _ in range(steps - 1):
        action = act(states[-1])
        next_state, reward, terminated = step(states[-1], action)
        states.append(next_state)
        actions.append(action)
        rewards.append(float(reward))
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
