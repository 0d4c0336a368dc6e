"""Plain Python, patient by patient, and lists in place of tensors."""


# %% ps10-pair
def glucose_pair(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
    plasma, tissue = [], []
    for p, t, made, brain, used, out, back in zip(G_p, G_t, EGP, U_ii, U_id, k_1, k_2):
        plasma.append(float(made - brain - out * p + back * t))
        tissue.append(float(-used + out * p - back * t))
    return torch.tensor(plasma, dtype=torch.float64), torch.tensor(tissue, dtype=torch.float64)


# %% ps10-rest
def rest(G_b, p):
    plasma, tissue, uses = [], [], []
    for n in range(len(G_b)):
        volume, made, brain, k_1, k_2 = (
            float(p[name][n]) for name in ("V_G", "EGP_b", "F_cns", "k_1", "k_2")
        )
        plasma.append(float(G_b[n]) * volume)
        tissue.append((brain - made + k_1 * plasma[-1]) / k_2)
        uses.append(k_1 * plasma[-1] - k_2 * tissue[-1])
    return plasma, tissue, uses


# %% ps10-insulin
def insulin_flow(I_sc1, I_sc2, I_p, I_l, rate, p):
    changes = [[], [], [], []]
    for n in range(len(rate)):
        k_d, k_a1, k_a2, m_1, m_2, m_4 = (
            p[name][n].item() for name in ("k_d", "k_a1", "k_a2", "m_1", "m_2", "m_4")
        )
        weight, extracted = p["body_weight"][n].item(), p["HE_b"][n].item()
        units_a_minute = rate[n].item() / 60
        one, two, plasma, liver = (x[n].item() for x in (I_sc1, I_sc2, I_p, I_l))
        to_second, straight, late = k_d * one, k_a1 * one, k_a2 * two
        changes[0].append(units_a_minute * 6000 / weight - to_second - straight)
        changes[1].append(to_second - late)
        changes[2].append(straight + late + m_1 * liver - m_2 * plasma - m_4 * plasma)
        changes[3].append(m_2 * plasma - m_1 * liver - extracted * m_1 / (1 - extracted) * liver)
    return changes


# %% ps10-terms
def glucose_terms(G_p, G_t, Q_gut, X, I_d, p):
    rows = []
    for n in range(len(G_p)):
        q = {name: float(value[n]) for name, value in p.items()}
        milligrams = 1000 * float(Q_gut[n])
        rows.append((
            max(0.0, q["k_p1"] - q["k_p2"] * float(G_p[n]) - q["k_p3"] * float(I_d[n])),
            q["f"] * q["k_abs"] * milligrams / q["body_weight"],
            (q["V_m0"] + q["V_mx"] * float(X[n])) / (1 + q["K_m0"] / float(G_t[n])),
            max(0.0, q["k_e1"] * (float(G_p[n]) - q["k_e2"])),
        ))
    return [torch.tensor(column, dtype=torch.float64) for column in zip(*rows)]


# %% ps10-step
def rk4_step(rate, x, u, h):
    ahead, total = torch.zeros_like(x), torch.zeros_like(x)
    for part, weight in ((0.0, 1), (0.5, 2), (0.5, 2), (1.0, 1)):
        ahead = rate(x + part * h * ahead, u)
        total = total + weight * ahead
    return x + total * h / 6


# %% ps10-judge
def judge(glucose):
    columns = {"below": [], "in range": [], "LBGI": [], "HBGI": []}
    for row in glucose:
        there = [value for value in row.tolist() if value == value]
        low = high = below = within = 0
        for value in there:
            f = 1.509 * (math.log(value) ** 1.084 - 5.381)
            low += 10 * min(f, 0) ** 2
            high += 10 * max(f, 0) ** 2
            below += value < 70
            within += not (value < 70 or value > 180)
        for name, total in zip(columns, (below, within, low, high)):
            columns[name].append(total / len(there))
    return columns


# %% ps10-values
def plan_values(glucose, risk, margin, weight):
    values = []
    for curve, risks in zip(glucose.tolist(), risk(glucose).tolist()):
        total = 0.0
        for value, cost in zip(curve, risks):
            total -= cost
            if not value >= margin:
                total -= weight * (margin - value) ** 2
        values.append(total if math.isfinite(total) else -math.inf)
    return values


# %% ps10-mpc
class InsulinMPC:
    def __init__(self, plan, block, highest):
        def episode():
            state, meal = yield
            guess = None
            while True:
                rates = plan(state, guess)
                for step in range(block):
                    state, meal = yield min(max(rates[0].item(), 0.0), highest)
                    if meal > 0 and step < block - 1:
                        guess = rates
                        break
                else:
                    guess = torch.tensor([*rates.tolist()[1:], rates.tolist()[-1]]).to(rates.dtype)

        self.episode = episode
        self.reset()

    def reset(self):
        self.running = self.episode()
        next(self.running)

    def act(self, state, meal):
        return self.running.send((state, meal))
