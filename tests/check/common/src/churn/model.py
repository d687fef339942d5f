"""Named by `model.train.call`."""
