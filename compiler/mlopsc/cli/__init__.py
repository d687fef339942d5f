"""The command line: one module a command, each options -> one call -> one report."""
