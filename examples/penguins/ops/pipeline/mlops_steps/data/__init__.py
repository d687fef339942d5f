# SPDX-License-Identifier: MIT-0
"""Data: loading, digests, checks against the columns of the spec, and the split."""
