"""The worst quarter.

task: ps7-evolve-tests
message: around the mean|worst quarter|not drawn
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4, largest=False).indices
        mean = population[best].mean(dim=0)
    return mean
