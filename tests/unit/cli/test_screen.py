"""What a command prints is shown, never obeyed by the terminal."""

from __future__ import annotations

import pytest

from pia_engine.cli.screen import say


def test_a_line_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say("“Kameras” [red] für 5 €, 加古川\nsecond line")
    assert capsys.readouterr().out == "“Kameras” [red] für 5 €, 加古川\nsecond line\n"


@pytest.mark.parametrize(
    ("char", "shown"), [("\x1b", "\\u001b"), ("\r", "\\u000d"), ("\x9b", "\\u009b"), ("\u202e", "\\u202e")]
)
def test_what_would_steer_the_terminal_is_printed_as_its_number(
    char: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say(f"before{char}[2Kafter")
    assert capsys.readouterr().out == f"before{shown}[2Kafter\n"
