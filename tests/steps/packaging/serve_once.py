"""A program of its own: answers one V2 request with MLServer's runtime, as its settings file says.

Usage: python -I -B serve_once.py MODEL_SETTINGS REQUEST RESPONSE
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def main(settings_file: str, request_file: str, response_file: str) -> None:
    from mlserver.settings import ModelSettings
    from mlserver.types import InferenceRequest

    settings = ModelSettings.parse_file(str(Path(settings_file).resolve()))
    runtime = settings.implementation(settings)
    assert await runtime.load()
    request = InferenceRequest.model_validate_json(Path(request_file).read_text(encoding="utf-8"))
    response = await runtime.predict(request)
    Path(response_file).write_text(response.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
