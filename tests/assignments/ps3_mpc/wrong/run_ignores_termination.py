"""The episode goes on after it has terminated.

task: ps3-run-episode-tests
message: termination is not looked at|two steps lead
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
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
