"""The standard deviation is kept above 1e-6 instead of being 1 for constants.

task: ps1-normalizer-tests
message: small number added
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean, self.std = x.mean(dim=0), x.std(dim=0, correction=0).clamp(min=1e-6)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
