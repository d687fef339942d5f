# SPDX-License-Identifier: MIT-0
"""Training as a Job of a Kubernetes cluster: what submits it and waits, and what runs inside of it."""
