"""Returns the mean of the generation that scored best, not of the last one.

task: ps7-evolve-tests
message: generation that scored best
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean, result, record = start, start, -math.inf
    for _ in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * noise
        scores = score(population)
        best = scores.argsort(descending=True)[: candidates // 4]
        mean = population[best].mean(dim=0)
        sigma *= decay
        if float(scores[best].mean()) > record:
            record, result = float(scores[best].mean()), mean
    return result
