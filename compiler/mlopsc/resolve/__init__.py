"""From files to one tree of nodes for the base and one per environment, positions kept.

Order: each file is parsed; includes are merged below the main file; per environment the unsubstituted base is merged
with the overlay, then variables are substituted.
"""
