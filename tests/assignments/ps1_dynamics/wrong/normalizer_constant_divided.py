"""A constant feature is divided by 0.

task: ps1-normalizer-tests
message: constant feature's standard deviation, which is 0
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean, self.std = x.mean(dim=0), x.std(dim=0, correction=0)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
