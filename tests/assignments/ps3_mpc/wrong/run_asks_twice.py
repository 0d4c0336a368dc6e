"""act is called once for the step and once for the record.

task: ps3-run-episode-tests
message: act was called
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(state)
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(act(states[-2]))
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
