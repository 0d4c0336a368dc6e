"""Standardises with the statistics of the data given, not of the data fitted.

task: ps1-normalizer-tests
message: statistics of the new data
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-6, 1.0, std)

    def normalize(self, x):
        self.fit(x.reshape(-1, x.shape[-1]))
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
