"""Sets a constant feature to 0 whatever comes later.

task: ps1-normalizer-tests
message: always 0
"""
# %% ps1-normalizer
class Normalizer:
    def fit(self, x):
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < 1e-6, 1.0, std)
        self.constant = std < 1e-6

    def normalize(self, x):
        return torch.where(self.constant, 0.0, (x - self.mean) / self.std)

    def denormalize(self, x):
        return x * self.std + self.mean
