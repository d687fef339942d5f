# SPDX-License-Identifier: MIT-0
"""The steps of the pipeline: from data to a released model. Every value comes from ``config.json`` beside this folder.

Plain code, the same for every project, so that an upgrade shows as a change of this folder and nothing else. Modules
that need more than the standard library import it inside the functions that use it: the release steps run without.
"""
