"""Timings beside what people use today, in one run. Nothing here is asserted by the test suite."""
