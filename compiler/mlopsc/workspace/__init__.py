"""The disk: what was written before, what is there, what a compile would change, and the writing of it.

The parts are imported from their modules (`plan`, `apply`, `check`, `quick`), so that the quick check loads only its
own.
"""
