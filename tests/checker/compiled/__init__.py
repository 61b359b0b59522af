"""The compiled engine; what it has in common with the interpreted one is in tests/differential/test_engines.py."""
