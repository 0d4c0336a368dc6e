"""The best candidate of the last generation.

task: ps7-evolve-tests
message: best candidate;
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = score(population).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
        champion = population[best[0]]
    return champion if generations else start
