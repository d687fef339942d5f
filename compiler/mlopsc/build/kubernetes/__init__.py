"""Pieces of Kubernetes manifests that the targets which serve on Kubernetes share.

Each function returns one object, or a part of one, as data; every value that the spec decides carries its spec path.
What belongs to one server or one controller (probes, metrics, traffic control) stays with its target.
"""
