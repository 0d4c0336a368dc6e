"""The z that M sees is always the first.

task: ps8-dream-tests
message: z: memory|next z
"""


# %% ps8-dream
class Dream:

    def __init__(self, remember, predict, reward, done, horizon):
        self.remember, self.predict, self.reward, self.done = remember, predict, reward, done
        self.horizon = horizon
        self.left = 0

    def reset(self, z, memory):
        self.z, self.memory = z, memory
        self.left = self.horizon
        return z

    def step(self, action, noise):
        if self.left == 0:
            raise RuntimeError("no episode is going on: call reset")
        memory = self.remember(self.z[None], action[None], self.memory[None])
        z, self.memory = self.predict(memory, noise[None])[0], memory[0]
        self.left -= 1
        terminated = bool(self.done(memory)[0] > 0.5)
        truncated = self.left == 0 and not terminated
        if terminated:
            self.left = 0
        return z, float(self.reward(memory)[0]), terminated, truncated
