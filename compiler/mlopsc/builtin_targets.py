"""Generated from the entry points in pyproject.toml by "python -m mlopsc.spec.generate"; do not edit."""

BUILTIN = {
    "kubernetes": "mlopsc_targets.kubernetes:TARGET",
}
