"""Pins in a requirements file."""

from __future__ import annotations

from pathlib import Path

from mlopsc.steps.mlops_steps.packaging.lock import pins

LOCK = """
# made by uv
--index-url https://pypi.acme.example/simple
Foo_Bar==1.2.3 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via baz
extras[a,b]==2.0 ; python_version >= "3"
elsewhere==3.0 ; sys_platform == "plan9"
inline==4.0 --hash=sha256:cc
commented==5.0  # why
loose>=6
named @ https://files.acme.example/named-7.0.tar.gz
./local
"""


def test_only_exact_versions_for_this_interpreter_are_pins(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(LOCK, encoding="utf-8")
    assert pins(lock) == {"foo-bar": "1.2.3", "extras": "2.0", "inline": "4.0", "commented": "5.0"}
