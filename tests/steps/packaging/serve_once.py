"""A program of its own: answers one V2 request with MLServer's runtime, as its settings file says.

Usage: python -I -B serve_once.py MODEL_SETTINGS FRAME RESPONSE. The request is encoded from a pickled frame and goes
through JSON, as it would on the wire.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def main(settings_file: str, frame_file: str, response_file: str) -> None:
    import pandas
    from mlserver.codecs import PandasCodec
    from mlserver.settings import ModelSettings
    from mlserver.types import InferenceRequest

    settings = ModelSettings.parse_file(str(Path(settings_file).resolve()))
    runtime = settings.implementation(settings)
    assert await runtime.load()
    encoded = PandasCodec.encode_request(pandas.read_pickle(frame_file))
    request = InferenceRequest.model_validate_json(encoded.model_dump_json())
    response = await runtime.predict(request)
    Path(response_file).write_text(response.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
