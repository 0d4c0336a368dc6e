"""Long experiments, one file each: `python -m mbrl_lib.experiments.NAME`, resumable after a kill.

Each writes what it found to `results/NAME/`, beside the settings it was found with.
"""
