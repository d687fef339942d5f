"""``mlopsc update --pins``: newer actions, images and packages for ``mlops.pins.yaml``.

The only part of mlopsc that uses the network and that asks what day it is. Whatever it cannot find out stops it: a
release without a commit or a digest, one that is older than what is pinned, a host that does not answer. Nothing is
written then.
"""
