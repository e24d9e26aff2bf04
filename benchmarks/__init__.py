"""Measured workloads: each prints a figure, its limit measured in the same run, and the ratio between the two."""
