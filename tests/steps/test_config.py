"""Reading ``config.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import command_line, config
from mlopsc.steps.mlops_steps.refusal import Unusable


def test_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"schema": 1, "name": "vögel"}', encoding="utf-8")
    assert config.load(tmp_path) == {"schema": 1, "name": "vögel"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is missing"),
        (b"{", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", "holds no map"),
        (b"{}", "has the schema number None"),
        (b'{"schema": 2}', "has the schema number 2, and these steps read 1"),
        (b'{"schema": "1"}', "has the schema number '1'"),
        (b'{"schema": true}', "has the schema number True"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(Unusable) as refused:
        config.load(tmp_path)
    assert said in str(refused.value)
    assert 'run "mlopsc compile"' in str(refused.value)


@pytest.mark.parametrize("document", [{"schema": 2}, {}])
def test_another_format_is_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], document: dict[str, Any]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(document), encoding="utf-8")
    load = config.load
    monkeypatch.setattr(config, "load", lambda: load(tmp_path))
    assert command_line.main(["run"]) == 2
    assert "schema number" in capsys.readouterr().err
