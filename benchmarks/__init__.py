"""What this product claims about speed, measured: `python -m benchmarks [PART]`. It reports and never asserts."""
