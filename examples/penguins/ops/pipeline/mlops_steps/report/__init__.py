# SPDX-License-Identifier: MIT-0
"""What a reviewer is told about a candidate: one page of Markdown, made of the result files. Standard library only."""
