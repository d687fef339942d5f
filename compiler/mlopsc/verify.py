"""Shapes of the generated data that can be checked offline: what a Kubernetes API server would refuse."""

from __future__ import annotations

import re

from mlopsc.parts import At, Data, File, Yaml
from mlopsc.patch import unwrap
from mlopsc.record import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlopsc.diagnostics import Report

_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_KINDS = frozenset({"Service", "Namespace"})


def verify(files: Iterable[File], report: Report) -> None:
    """Report names, label keys and label values that Kubernetes refuses, at the spec path that they come from."""
    for file in files:
        if isinstance(file.body, Yaml):
            for document in file.body.documents:
                _object(document, file, report)


def _object(document: Data, file: File, report: Report) -> None:
    top, path = _open(document, file.at)
    if not isinstance(top, dict) or "metadata" not in top or not ("kind" in top or "apiVersion" in top):
        return
    metadata, metadata_path = _open(top["metadata"], path)
    for key in ("apiVersion", "kind"):
        text, text_path = _open(top.get(key), path)
        if not isinstance(text, str) or not text:
            report("LNK-643", text_path, env=file.env, key=key)
    name, name_path = _open(metadata.get("name") if isinstance(metadata, dict) else None, metadata_path)
    if not isinstance(name, str) or not name:
        report("LNK-643", name_path, env=file.env, key="metadata.name")
        return
    kind = unwrap(top.get("kind"))
    pattern = _DNS_LABEL if kind in _LABEL_KINDS else _SUBDOMAIN
    if len(name) > 253 or not pattern.fullmatch(name):
        report("LNK-640", name_path, env=file.env, given=name, kind=kind)
    for labels, at in _labels(document, file.at):
        for key, value in labels.items():
            text, value_path = _open(value, at)
            prefix, _, last = key.rpartition("/")
            if not _LABEL_NAME.fullmatch(last) or (prefix and not _SUBDOMAIN.fullmatch(prefix)):
                report("LNK-641", value_path, env=file.env, given=key)
            elif not isinstance(text, str) or not _LABEL_VALUE.fullmatch(text):
                report("LNK-642", value_path, env=file.env, key=key, given=text)


def _labels(data: Data, path: Path) -> Iterator[tuple[dict[str, Data], Path]]:
    stack: list[tuple[Data, Path]] = [(data, path)]
    while stack:
        item, at = stack.pop()
        value, at = _open(item, at)
        if isinstance(value, dict):
            for key, child in value.items():
                inner, inner_path = _open(child, at)
                if key in ("labels", "matchLabels", "pairs") and isinstance(inner, dict):
                    yield inner, inner_path
                elif isinstance(inner, (dict, list)):
                    stack.append((inner, inner_path))
        elif isinstance(value, list):
            stack.extend((child, at) for child in value)


def _open(data: Data, path: Path) -> tuple[Data, Path]:
    while type(data) is At:
        path = data.path or path
        data = data.value
    return data, path
