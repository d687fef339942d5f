# SPDX-License-Identifier: MIT-0
"""Releases: the record of an environment, its moves, and the deploy branch. Standard library and git only."""
