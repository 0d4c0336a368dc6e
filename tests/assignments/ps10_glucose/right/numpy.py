"""NumPy, and matrices where there are any."""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    G_p, G_t, EGP, U_ii, U_id, k_1, k_2 = map(np.asarray, (G_p, G_t, EGP, U_ii, U_id, k_1, k_2))
    flows = np.stack([EGP, U_ii, U_id, k_1 * G_p, k_2 * G_t])
    return tuple(np.array([[1, -1, 0, -1, 1], [0, 0, -1, 1, -1]]) @ flows)


# %% ps10-rest
def rest(G_b, p):
    """Both equations as a linear system for the tissue and its use."""
    q = {name: np.asarray(value) for name, value in p.items()}
    G_p = np.asarray(G_b) * q["V_G"]
    one = np.ones_like(G_p)
    matrix = np.stack([np.stack([q["k_2"], 0 * one], -1), np.stack([-q["k_2"], -one], -1)], -2)
    right = np.stack([q["F_cns"] - q["EGP_b"] + q["k_1"] * G_p, -q["k_1"] * G_p], -1)
    found = np.linalg.solve(matrix, right[..., None])[..., 0]
    return G_p, found[:, 0], found[:, 1]


# %% ps10-insulin
def insulin_flow(I_sc1, I_sc2, I_p, I_l, rate, p):
    q = {name: np.asarray(value) for name, value in p.items()}
    x = np.stack([np.asarray(v) for v in (I_sc1, I_sc2, I_p, I_l)], axis=-1)
    A = np.zeros((len(x), 4, 4))
    A[:, 0, 0] = -q["k_d"] - q["k_a1"]
    A[:, 1, 0], A[:, 1, 1] = q["k_d"], -q["k_a2"]
    A[:, 2, 0], A[:, 2, 1], A[:, 2, 2], A[:, 2, 3] = q["k_a1"], q["k_a2"], -q["m_2"] - q["m_4"], q["m_1"]
    A[:, 3, 2], A[:, 3, 3] = q["m_2"], -q["m_1"] / (1 - q["HE_b"])
    change = np.einsum("nij,nj->ni", A, x)
    change[:, 0] += 100 * np.asarray(rate) / q["body_weight"]
    return tuple(change.T)


# %% ps10-terms
def glucose_terms(G_p, G_t, Q_gut, X, I_d, p):
    G_p, G_t, Q_gut, X, I_d = (np.asarray(v) for v in (G_p, G_t, Q_gut, X, I_d))
    q = {name: np.asarray(value) for name, value in p.items()}
    EGP = np.maximum(0, q["k_p1"] - q["k_p2"] * G_p - q["k_p3"] * I_d)
    Ra = q["f"] * q["k_abs"] * (1e3 * Q_gut) / q["body_weight"]
    U_id = G_t * (q["V_m0"] + q["V_mx"] * X) / (q["K_m0"] + G_t)
    E = np.where(G_p > q["k_e2"], q["k_e1"] * (G_p - q["k_e2"]), 0)
    return EGP, Ra, U_id, E


# %% ps10-judge
def judge(glucose):
    G = np.asarray(glucose)
    with np.errstate(invalid="ignore"):
        f = 1.509 * (np.log(G) ** 1.084 - 5.381)

        def mean(values):
            return np.nanmean(np.where(np.isnan(G), np.nan, values), axis=1)

        return {
            "HBGI": mean(10 * np.clip(f, 0, None) ** 2),
            "LBGI": mean(10 * np.clip(f, None, 0) ** 2),
            "in range": mean(abs(G - 125) <= 55),
            "below": mean(G < 70),
        }


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    G = np.asarray(glucose)
    with np.errstate(all="ignore"):
        cost = np.asarray(risk(glucose)) + weight * np.maximum(0, margin - G) ** 2
        values = -np.sum(cost, axis=-1)
    values[~np.isfinite(values)] = -np.inf
    return values


# %% ps10-mpc
class InsulinMPC:
    def __init__(self, plan, block, highest):
        self.settings = (plan, block, highest)
        self.rates, self.left = None, 0

    def reset(self):
        self.__init__(*self.settings)

    def act(self, state, meal):
        plan, block, highest = self.settings
        if self.left == 0 or meal:
            guess = self.rates
            if guess is not None and self.left == 0:
                guess = guess[torch.arange(1, len(guess) + 1).clamp(max=len(guess) - 1)]
            self.rates, self.left = plan(state, guess), block
        self.left -= 1
        return np.clip(np.asarray(self.rates[0]), 0, highest)
