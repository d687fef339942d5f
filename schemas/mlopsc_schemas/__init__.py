"""The published JSON Schemas of the spec and of the files that mlopsc writes."""
