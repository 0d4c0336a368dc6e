"""The standard deviation of the sample, as torch gives it by default.

task: ps1-normalizer-tests
message: sample's standard deviation
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0)
        self.std = torch.where(std < 1e-6, 1.0, std)

    def normalize(self, x):
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
