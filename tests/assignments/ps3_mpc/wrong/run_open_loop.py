"""act always sees the first state: open loop by accident.

task: ps3-run-episode-tests
message: act always sees the first state
"""
# %% ps3-run-episode
def run_episode(step, act, state, steps):
    states, actions, rewards = [state], [], []
    for _ in range(steps):
        action = act(states[0])
        state, reward, terminated = step(state, action)
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        if terminated:
            break
    return torch.stack(states), torch.stack(actions), torch.tensor(rewards)
