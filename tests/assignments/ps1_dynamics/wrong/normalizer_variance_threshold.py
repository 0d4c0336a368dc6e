"""The bound 1e-6 for constant features is put on the variance, not on the standard deviation.

task: ps1-normalizer-tests
message: put on the variance
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        variance = ((x - self.mean) ** 2).mean(dim=0)
        self.std = torch.where(variance < 1e-6, torch.ones_like(variance), variance.sqrt())

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
