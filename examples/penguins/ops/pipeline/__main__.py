# SPDX-License-Identifier: MIT-0
"""Run the pipeline: `python ops/pipeline run`, or one step, `python ops/pipeline STEP`. `--help` lists all."""

import sys

from mlops_steps.command_line import main

if __name__ == "__main__":
    sys.exit(main())
