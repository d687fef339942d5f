# SPDX-License-Identifier: MIT-0
"""Training: seeds, the two contracts, and how each framework stores a model."""
