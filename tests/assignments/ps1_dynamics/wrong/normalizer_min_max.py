"""Scales to the range 0 to 1.

task: ps1-normalizer-tests
message: scaled between 0 and 1
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.min(dim=0).values
        width = x.max(dim=0).values - self.mean
        self.std = torch.where(width < 1e-6, 1.0, width)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
