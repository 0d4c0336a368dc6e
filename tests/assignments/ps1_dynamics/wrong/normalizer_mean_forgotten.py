"""Does not subtract the mean.

task: ps1-normalizer-tests
message: mean is not subtracted
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-6, 1.0, std)

    def normalize(self, x):
        return x / self.std

    def denormalize(self, x):
        return x * self.std
