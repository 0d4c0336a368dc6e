"""The statistics are kept on the class, so that a second normaliser overwrites the first.

task: ps1-normalizer-tests
message: shared by all normalisers
"""
# %% ps1-normalizer
class Normalizer:
    mean, std = 0.0, 1.0

    def fit(self, x):
        Normalizer.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        Normalizer.std = torch.where(std < 1e-6, torch.ones_like(std), std)

    def normalize(self, x):
        return (x - Normalizer.mean) / Normalizer.std

    def denormalize(self, x):
        return x * Normalizer.std + Normalizer.mean
