# SPDX-License-Identifier: MIT-0
"""How releases are protected: the environments of GitHub, the approvals of a release, accepted findings of the scan.

Workflows cannot protect the environments that they use. So the protection is written down in
``ops/governance/environments.json``, applied by a person, read back before each promotion, and approvals are counted.
"""
