"""Figures in helper cells, left open and closed.

assignment: ps2_random_shooting
"""
# %% helper
import matplotlib.pyplot as plt

for _ in range(5):
    plt.figure()
    plt.plot(torch.randn(100, generator=torch.Generator().manual_seed(0)).numpy())
    plt.title("été, 日本, x²")
    plt.show()
figure, axes = plotting.figure()
axes.plot([1, 2, 3])
