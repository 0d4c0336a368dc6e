"""The best candidate of a generation takes part in the next one, in the place of a fresh draw.

task: ps7-evolve-tests
message: takes part again
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean, champion = start, None
    for _ in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * noise
        if champion is not None:
            population[-1] = champion
        order = score(population).argsort(descending=True)
        champion = population[order[0]].clone()
        mean = population[order[: candidates // 4]].mean(dim=0)
        sigma *= decay
    return mean
