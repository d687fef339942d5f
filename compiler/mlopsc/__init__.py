"""mlopsc: one ``mlops.yaml`` in, every file that runs the model in production out."""

__version__ = "0.1.0"
