"""The fuzz bench: it tries inputs, counts them, and a property that fails is named."""

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from tests.grading import test_codec, test_ingest


@settings(max_examples=20, database=None, deadline=None)
@given(number=st.integers())
def right(number, tmp_path_factory):
    assert tmp_path_factory.mktemp("a").is_dir() and number == int(str(number))


@settings(max_examples=200, database=None, deadline=None)
@given(number=st.integers())
def wrong(number):
    assert abs(number) < 1000


def test_inputs_are_counted_and_failures_kept():
    made = fuzz.fuzz({"right": right, "wrong": wrong}, 0, seed=1)
    assert made.examples["right"] == 20
    assert list(made.failures) == ["wrong"] and "number=1000" in made.failures["wrong"]


def test_every_property_is_found():
    found = fuzz.properties_of(test_codec, test_ingest)
    assert {name.partition(".")[0] for name in found} == {"test_codec", "test_ingest"}
    assert "test_codec.test_any_bytes_decode_or_are_refused" in found and len(found) >= 7
