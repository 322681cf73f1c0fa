"""Typing on a terminal: what is shown, and what the program gets."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0
UP, DOWN, LEFT, RIGHT, HOME, LAST, DELETE = (f"\x1b{end}" for end in ("[A", "[B", "[D", "[C", "[H", "OF", "[3~"))


class Screen:
    """A terminal of so many columns as it looks; knows what programs here send."""

    def __init__(self):
        self.rows, self.column = [""], 0

    def show(self, data):
        text, at = data.decode(), 0
        while at < len(text):
            letter = text[at]
            at += 1
            row = self.rows[-1]
            if letter == "\n":
                self.rows.append("")
            elif letter == "\r":
                self.column = 0
            elif letter == "\b":
                self.column -= 1
            elif text[at - 1:at + 2] == "\x1b[K":
                self.rows[-1] = row[:self.column]
                at += 2
            elif text[at - 1:].startswith("\x1b[H\x1b[2J"):
                self.rows, self.column = [""], 0
                at += 6
            else:
                self.rows[-1] = row[:self.column].ljust(self.column) + letter + row[self.column + 1:]
                self.column += 1


def typed(text, command=("cat",)):
    """Return (the screen, the session) after something was typed."""
    engine = Engine(START)
    engine.start("c", Spec("busybox", ["sleep", "99"]))
    session = engine.execute("c", list(command), stdin=True, terminal=True)
    engine.advance(START)
    screen = Screen()
    for letter in text:
        session.terminal.type(engine.kernel, letter.encode())
        engine.advance(START)
        screen.show(session.terminal.take())
    return screen, session


@pytest.mark.parametrize(("text", "line"), [
    ("abc", "abc"), ("abc\x7f", "ab"), (f"abc{LEFT}{LEFT}X", "aXbc"), (f"abc{LEFT}\x7f", "ac"), (f"ac{LEFT}b", "abc"),
    (f"abc{HOME}X{LAST}Y", "XabcY"), (f"abc\x01{DELETE}{RIGHT}\x04", "b"), ("one two\x17x", "one x"),
    (f"one two{LEFT}\x17", "one o"), (f"one two{LEFT}{LEFT}{LEFT}\x15", "two"), (f"one{LEFT}{LEFT}\x0b", "o"),
    (f"äöü{LEFT}{LEFT}\x7fx", "xöü"), (f"äöü{LEFT}{DELETE}", "äö"), (f"a{LEFT}{LEFT}{LEFT}b{RIGHT}{RIGHT}c", "bac"),
    ("a\x1bxb\x1b[99~c", "abc"), ("\x7f\x7fa", "a"), ("a\tb", "a\tb"),
])
def test_a_line_is_edited(text, line):
    screen, session = typed(text)
    assert [row.rstrip(" ") for row in screen.rows] == [line] and session.terminal.line.decode() == line
    screen, session = typed(text + "\r")
    assert [row.rstrip(" ") for row in screen.rows] == [line, line, ""]  # as it was typed, and what cat makes of it


def test_lines_before_come_back():
    screen, _ = typed(f"echo a\recho b\r{UP}{UP}{DOWN}c{LEFT}{LEFT}{UP}1\r", ["sh"])
    assert screen.rows == ["/ # echo a", "a", "/ # echo b", "b", "/ # echo a1", "a1", "/ # "]


def test_the_screen_is_cleared_but_for_the_prompt():
    screen, _ = typed(f"echo a\rechx{LEFT}\x0co", ["sh"])
    assert screen.rows == ["/ # echox"] and screen.column == 8


def test_interrupts_and_ends():
    screen, session = typed("echo never\x03echo a\r", ["sh"])
    assert screen.rows == ["/ # echo never^C", "/ # echo a", "a", "/ # "] and session.code is None
    assert typed("\x04", ["sh"])[1].code == 0
    assert typed("x\x04\x04")[1].code == 0


def test_a_password_is_not_shown():
    screen, _ = typed("read -s p; echo [$p]\rsecret\recho x\r\x1b[A\x1b[A\x1b[A", ["sh"])
    assert screen.rows == ["/ # read -s p; echo [$p]", "[secret]", "/ # echo x", "x", "/ # read -s p; echo [$p]"]
    screen, _ = typed("secret\r", ["sh", "-c", "stty -echo; read p; stty echo; echo [$p]; stty size"])
    assert screen.rows == ["[secret]", "24 80", ""]
    assert typed("x", ["sh", "-c", "stty </dev/null"])[0].rows[0] == "stty: standard input: Not a tty"
