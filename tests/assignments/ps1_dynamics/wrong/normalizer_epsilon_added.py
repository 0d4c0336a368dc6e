"""A small number is added to the standard deviation instead of leaving constants alone.

task: ps1-normalizer-tests
message: small number added
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean, self.std = x.mean(dim=0), x.std(dim=0, correction=0) + 1e-8

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
