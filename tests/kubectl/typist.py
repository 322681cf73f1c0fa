"""Somebody at a terminal, who reads before typing on."""

from __future__ import annotations

import io
import os
import select
import threading
import traceback

from kubesim_cli.main import execute


class Typist:
    """Runs a command line on a terminal of its own; types what it is given whenever something has appeared."""

    def __init__(self, terminal, line):
        self.master, slave = os.openpty()
        self.shown = b""
        self.code = None
        keyboard, screen = os.fdopen(slave, "r"), os.fdopen(os.dup(slave), "w")
        errors = io.StringIO()

        def run():
            try:
                self.code = execute(line.split()[1:], terminal.environ, (keyboard, screen, errors))
            except BaseException:
                errors.write(traceback.format_exc())
            finally:
                screen.close()
                keyboard.close()

        self.errors = errors
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def until(self, text):
        while text.encode() not in self.shown:
            self._read(f"{text!r}")
        position = self.shown.index(text.encode()) + len(text)
        seen, self.shown = self.shown[:position], self.shown[position:]
        return seen.decode()

    def _read(self, what):
        assert select.select([self.master], [], [], 10)[0], f"no {what} in {self.shown!r} {self.errors.getvalue()}"
        try:
            self.shown += os.read(self.master, 65536)
        except OSError:
            raise EOFError(f"no {what} in {self.shown!r} {self.errors.getvalue()}") from None

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        self.thread.join(10)
        assert not self.thread.is_alive()
        try:
            while True:
                self._read("end")
        except EOFError:
            pass
        os.close(self.master)
        return self.shown.decode()
