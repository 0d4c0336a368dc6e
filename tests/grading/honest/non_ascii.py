"""Names, comments and prints in other scripts.

assignment: ps2_random_shooting
"""
# %% helper
γ_standard = 0.99
Äpfel = "Übung — 演習 ✓ 🙂"
print(Äpfel, "\u202e", "é")
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    """Сумма наград."""
    γ, Σ = discount, torch.zeros(len(actions))
    lebt = torch.ones(len(actions), dtype=torch.bool)
    for h in range(actions.shape[1]):
        r = reward(states[:, h], actions[:, h], states[:, h + 1])
        Σ = torch.where(lebt, Σ + γ**h * r, Σ)
        lebt = lebt & ~terminated(states[:, h + 1])
    return torch.where(torch.isfinite(Σ), Σ, -torch.inf)
