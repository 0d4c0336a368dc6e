"""Constants and settings of torch and numpy in helper cells.

assignment: ps2_random_shooting
"""
# %% helper
torch.set_printoptions(precision=3, sci_mode=False)
np.set_printoptions(precision=3)
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
DTYPE = torch.float32
BEST = -float("inf")
torch.manual_seed(7)
np.random.seed(7)
# %% ps2-refit
def refit(actions, returns, elites):
    actions = actions.to(DEVICE, DTYPE)
    best = actions[returns.to(DEVICE).topk(elites).indices]
    return best.mean(dim=0), best.std(dim=0, correction=0)
