"""One file to text: picks the emitter for the kind of body."""

from __future__ import annotations

from mlopsc.parts import Json, Rendered, Static, Text, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mlopsc.parts import File


def render(file: File, *, spec_file: str, static_reader: Callable[[str, str], str]) -> Rendered:
    """Render a file.

    Args:
        file: a linked file: every slot is filled.
        spec_file: name of the spec, for the header.
        static_reader: package and resource to text with LF line ends, as `mlopsc.assets.text`.

    Raises:
        TypeError: data that has no spelling in the format, or something that linking should have filled.
        ValueError: a number or a key that the format cannot hold.
        OSError: a static file that its package does not ship.
    """
    body, root = file.body, (file.env, file.at)
    if isinstance(body, Yaml):
        from mlopsc.render import yaml
        from mlopsc.render.header import header

        comment = header(spec_file) if body.header else ""
        return yaml.emit(body.documents, at=file.at, env=file.env, comment=comment)
    if isinstance(body, Json):
        from mlopsc.render import json

        return json.emit(body.document, at=file.at, env=file.env)
    if isinstance(body, Text):
        return Rendered(text="".join([line + "\n" for line in body.lines]), refs=body.refs, also=body.also)
    if not isinstance(body, Static):
        raise TypeError(f"{file.file}: {type(body).__name__} was not linked")
    text = static_reader(body.package, body.resource)
    return Rendered(text=text, refs=(root,) * (text.count("\n") + (not text.endswith("\n") and text != "")))
