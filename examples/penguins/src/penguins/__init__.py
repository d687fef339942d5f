"""Which species a penguin is, from its measurements."""
