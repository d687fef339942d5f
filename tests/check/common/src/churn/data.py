"""Named by `loader`."""
