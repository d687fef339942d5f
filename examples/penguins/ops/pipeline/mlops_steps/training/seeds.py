# SPDX-License-Identifier: MIT-0
"""Seeds of everything that draws random numbers, so that training twice gives the same model."""

from __future__ import annotations

import os
import random
import subprocess
import sys

_HASH_SEED = "PYTHONHASHSEED"
_LARGEST = 2**32 - 1  # what numpy takes; the others take at least as much


def fix_hashing() -> None:
    """Start this command again with fixed hashing of strings, unless it was started so.

    The order of a set of strings differs from process to process, and with it the order of whatever a training makes of
    the set. Python reads ``PYTHONHASHSEED`` when it starts and never again; it is handed on to commands of the user.
    Does not return when it starts the command again.
    """
    if os.environ.get(_HASH_SEED, "random") != "random":
        return
    environment = {**os.environ, _HASH_SEED: "0"}
    arguments = [sys.executable, *sys.orig_argv[1:]]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there execve returns to the shell before the new process ends
        sys.exit(subprocess.run(arguments, env=environment, check=False).returncode)  # noqa: S603 - this very command
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - this very command


def seed_everything(seed: int, framework: str) -> list[str]:
    """Seed the random numbers of the libraries in use and switch their non-deterministic algorithms off.

    Args:
        seed: any number from 0; numpy takes 32 bits, so larger ones are folded.
        framework: the framework of the spec. PyTorch and TensorFlow are seeded when they are it or already imported:
            importing them takes seconds.

    Returns:
        What was seeded.
    """
    import numpy

    seed %= _LARGEST + 1
    random.seed(seed)
    numpy.random.seed(seed)
    seeded = ["random", "numpy"]
    if framework == "pytorch" or "torch" in sys.modules:
        _seed_torch(seed)
        seeded.append("torch")
    if framework == "tensorflow" or "tensorflow" in sys.modules:
        _seed_tensorflow(seed)
        seeded.append("tensorflow")
    return seeded


def _seed_torch(seed: int) -> None:
    """Seed PyTorch on all devices; an operation without a deterministic form is an error when it is called."""
    os.environ.setdefault(
        "CUBLAS_WORKSPACE_CONFIG", ":4096:8"
    )  # cuBLAS is deterministic with a workspace of fixed size
    import torch

    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False  # else the fastest algorithm of the moment is chosen


def _seed_tensorflow(seed: int) -> None:
    """Seed TensorFlow and Keras; an operation without a deterministic form is an error when it is called."""
    import tensorflow

    tensorflow.keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
