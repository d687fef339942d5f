"""A static file of the toy."""

GREETING = "hello"
