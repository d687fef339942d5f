"""What the composite actions and the programs on PATH run: ``python tests/e2e/world action|program NAME ...``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from e2e.world import actions, programs
from e2e.world.state import RefusedError, State


def main(kind: str, name: str, *arguments: str) -> int:
    """Run one stand-in and record the call, however it ends."""
    state = State.of_this_process()
    facts: dict[str, object] = {"arguments": list(arguments)}
    try:
        if kind == "action":
            inputs = actions.inputs(os.environ["STAND_IN_INPUTS"])
            shown = {key: value for key, value in inputs.items() if "token" not in key and "password" not in key}
            facts = {"inputs": shown}
            actions.run(state, name, inputs)
        else:
            programs.run(state, name, list(arguments))
    except SystemExit as ended:
        state.record(kind, name, {**facts, "refused": f"exit code {ended.code}"})
        raise
    except RefusedError as error:
        state.record(kind, name, {**facts, "refused": str(error)})
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    state.record(kind, name, facts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
