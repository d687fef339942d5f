# SPDX-License-Identifier: MIT-0
"""The way of a release from its start to all of the traffic: wait, measure, judge, and take it back when it fails."""
