"""One mean and standard deviation for all features.

task: ps1-normalizer-tests
message: each feature has its own
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean, self.std = x.mean(), x.std(correction=0)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
