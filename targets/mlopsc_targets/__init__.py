"""The built-in targets, one package each. They use the compiler through `mlopsc.target` only."""
