"""Stands for the code of a user; the compiler asks for its existence only."""
