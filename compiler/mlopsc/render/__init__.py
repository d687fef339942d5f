"""Rendering: parts to text, the same bytes for the same data, with the origin of every line."""
