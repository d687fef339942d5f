"""What people see: colours and counters on a terminal, plain lines elsewhere."""

from __future__ import annotations

from io import StringIO

import pytest
from mlopsc.steps.mlops_steps import console as console_module
from mlopsc.steps.mlops_steps.console import Console


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(console_module, "_EVERY", -1.0)


def printed(stream: StringIO) -> str:
    console = Console(stream)
    with console.step("train", 1, 2):
        console.say("passed", "green")
        console.notice("few samples")
        console.problem("too low")
        with console.counter("resamples", 3) as counter:
            for _ in range(3):
                counter.advance()
    return stream.getvalue()


def test_piped_output_has_no_escapes_and_no_counter() -> None:
    text = printed(StringIO())
    assert "\033" not in text
    assert "\r" not in text
    lines = text.splitlines()
    assert lines[:4] == ["[1/2] train", "passed", "  notice few samples", "  failed too low"]
    assert lines[4].startswith("  train: ")
    assert len(lines) == 5


def test_a_terminal_shows_colours_and_the_counter() -> None:
    text = printed(Terminal())
    assert "\033[31mfailed\033[0m too low" in text
    assert "\r\033[K  resamples 3/3" in text
    assert "\r\033[K" in text.rpartition("3/3")[2]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("NO_COLOR", ""), ("TERM", "dumb")])
def test_colours_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert "\033[3" not in printed(Terminal())


def test_quiet_prints_problems_and_notices_only() -> None:
    stream = StringIO()
    console = Console(stream, quiet=True)
    with console.step("train", 1, 1):
        console.say("hello")
        console.notice("few samples")
        console.problem("too low")
    assert stream.getvalue() == "  notice few samples\n  failed too low\n"


def test_a_single_step_has_no_number() -> None:
    stream = StringIO()
    with Console(stream).step("gate", 1, 1):
        pass
    assert stream.getvalue().splitlines()[0] == "gate"


def test_control_characters_of_data_do_not_reach_the_terminal() -> None:
    stream = Terminal()
    Console(stream).problem("island: \033]0;title\a unseen\nvalue\r\x9b")
    assert stream.getvalue().endswith("island: \\x1b]0;title\\x07 unseen\n  | value\\r\\x9b\n")


@pytest.mark.parametrize("way", ["say", "notice", "problem"])
def test_no_line_begins_with_what_data_or_an_exception_said(way: str) -> None:
    """Runners look for commands behind white space at the beginning of a line, and for those with ## anywhere."""
    stream = StringIO()
    text = "  the value is a\n::error::b\r\n  ::stop-commands::c\n##[add-mask]d \u202eabc\u2028::e"
    getattr(Console(stream), way)(text)
    first, *others = stream.getvalue().removesuffix("\n").split("\n")
    assert first.endswith("the value is a")
    assert others == ["  | ::error::b\\r", "  |   ::stop-commands::c", "  | ##\\x5badd-mask]d \\u202eabc\\u2028::e"]


def test_passwords_in_addresses_are_not_printed() -> None:
    stream = StringIO()
    Console(stream).problem("GET https://me:pa@ss@models.example/a?token=abc&x=1 failed (postgresql://u:p@db/x)")
    assert stream.getvalue() == "  failed GET https://models.example/a?... failed (postgresql://db/x)\n"


def test_the_step_is_closed_when_it_raises() -> None:
    stream = StringIO()
    with pytest.raises(ZeroDivisionError), Console(stream).step("train", 1, 1):
        raise ZeroDivisionError
    assert "  train: " in stream.getvalue()
