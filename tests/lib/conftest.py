"""What several tests of the library need."""

import pytest
import torch


@pytest.fixture(scope="module")
def one_thread():
    """Small networks are faster on one thread; the tests of a module may ask for it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
