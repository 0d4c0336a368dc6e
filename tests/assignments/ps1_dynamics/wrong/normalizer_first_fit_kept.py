"""Fits only once and keeps the first statistics.

task: ps1-normalizer-tests
message: statistics of the first data were kept
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        if hasattr(self, "mean"):
            return
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-6, 1.0, std)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
