"""The pipeline that a compile copies to ``<output.dir>/pipeline``, file by file and byte for byte.

What is below this folder is read by users: it imports nothing of the compiler, runs on Python 3.10 and later and is
licensed under MIT-0. This file stays behind.
"""
