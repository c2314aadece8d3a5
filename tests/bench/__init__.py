"""Benchmarks: what we do against what the wheel does, in one run. Not tests: nothing fails by its speed."""
