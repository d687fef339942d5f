# SPDX-License-Identifier: MIT-0
"""A served model: smoke and load tests, and the scoring of whole data sets."""
