"""score is called for each candidate.

task: ps7-evolve-tests
message: called once
"""


# %% ps7-evolve
def evolve(score, start, sigma, decay, candidates, generations, generator):
    mean = start
    for generation in range(generations):
        noise = torch.randn(candidates, len(start), generator=generator)
        population = mean + sigma * decay**generation * noise
        best = torch.cat([score(row[None]) for row in population]).topk(candidates // 4).indices
        mean = population[best].mean(dim=0)
    return mean
