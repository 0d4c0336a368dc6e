"""Takes statistics shaped for two dimensions and loops over rows.

task: ps1-normalizer-tests
message: must not raise|its shape must be
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-6, 1.0, std)

    def normalize(self, x):
        rows, features = x.shape
        return (x - self.mean) / self.std

    def denormalize(self, x):
        return x * self.std + self.mean
