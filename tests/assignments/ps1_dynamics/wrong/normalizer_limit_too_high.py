"""The limit below which features count as constant is far too high.

task: ps1-normalizer-tests
message: treated as constant
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-1, 1.0, std)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
