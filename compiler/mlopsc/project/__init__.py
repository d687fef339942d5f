"""The project: the resolved spec as immutable records, one module a section, named as in `mlopsc.spec`.

A field is called like its key in the spec. Two keys cannot be fields as they are and carry an underscore at the end:
``from_`` (a keyword) and ``path_`` (``path`` is the spec path of the record itself).
"""

from mlopsc.project.environments import Environment
from mlopsc.project.project import Project

__all__ = ["Environment", "Project"]
