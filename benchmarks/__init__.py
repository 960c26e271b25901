"""Measurements, as ratios within one run: machines differ, and a busy one is slow at everything. `make bench`."""
