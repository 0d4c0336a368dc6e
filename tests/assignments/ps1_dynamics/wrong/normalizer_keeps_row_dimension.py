"""The statistics keep the row dimension (1, F), so that a single row (F,) comes back as (1, F).

task: ps1-normalizer-tests
message: shape must be [(]4,[)]
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0, keepdim=True)
        self.std = x.std(dim=0, keepdim=True, correction=0)
        self.std[self.std < 1e-6] = 1.0

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
