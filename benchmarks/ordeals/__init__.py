"""Stress tests, which take minutes: kills, faults of the site, damaged and endless uploads."""
