"""Once an episode has ended, reset does not begin another.

task: ps8-dream-tests
message: must not raise
"""


# %% ps8-dream
class Dream:
    def __init__(self, remember, predict, reward, done, horizon):
        self.remember, self.predict, self.reward, self.done = remember, predict, reward, done
        self.horizon, self.z, self.over = horizon, None, False

    def reset(self, z, memory):
        self.z, self.memory, self.steps = z, memory, 0
        return z

    def step(self, action, noise):
        if self.z is None or self.over:
            raise RuntimeError("no episode is going on")
        memory = self.remember(self.z[None], action[None], self.memory[None])
        self.z, self.memory = self.predict(memory, noise[None])[0], memory[0]
        self.steps += 1
        terminated = bool(self.done(memory) > 0.5)
        truncated = self.steps >= self.horizon and not terminated
        self.over = terminated or truncated
        return self.z, self.reward(memory)[0], terminated, truncated
