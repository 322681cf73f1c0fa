"""A session in a container as kubectl holds it: exec, attach, and what is built on them (client-go's remotecommand).

What the program in the container waits for in simulated time comes at once. For what the user types the session waits
as long as it takes, with the store unlocked and everything shown that was said before.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ...machinery.streaming import NotRunning, Refused, StartError
from ...releases.kubectl import does
from ..failures import Failure
from . import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...cluster.cluster import Attachment, Execution
    from ...machinery.types import Object
    from ..context import Context
    from .keyboard import Keyboard

    Session = Execution | Attachment

PARTS = 64       # pieces of input that are taken before the store is let go of
LOOK = 0.5       # real seconds until a session that waits for the user looks at what has become of the cluster
# What a program does is shown at once, whatever simulated time it takes, but one that does not end must not run away
# with a clock that others live by, nor with a terminal: then it goes at the pace of real time.
TALKS = 200      # times that it has said something by then, and on a terminal
SEEN = 20
AHEAD = 900.0    # or simulated seconds that it has taken
PACE = 0.1       # real seconds that such a step takes
PATIENCE = 24 * 3600.0  # simulated seconds that are gone through on a clock that stands still
FOR_EVER = float("inf")
_ENDLESS = "what runs in the container does not end, and nobody waits for it that long"


def connect(ctx: Context, pod: Object, subresource: str) -> None:
    """Ask whether the user may connect to a pod's subresource; raises StatusError.

    By websockets that is a GET, and where it is refused kubectl falls back to a POST: that is which refusal it tells.
    """
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    try:
        ctx.client.connect("pods", name, namespace, subresource)
    except StatusError as refused:
        from ...releases import gates

        if (refused.reason != "Forbidden" or not does("StreamsOverWebSockets", ctx.release)
                or gates.enabled("AuthorizePodWebsocketUpgradeCreatePermission", ctx.client.release)):
            raise
        try:
            ctx.client.connect("pods", name, namespace, subresource, "get")
        except StatusError:
            raise refused from None


class UserTerminal:
    """The user's side as the flags --stdin and --tty want it (exec.go's SetupTTY).

    `stdin`: what the user types is handed on; `raw`: key by key, from a terminal to a terminal; `tty`: the program in
    the container has a terminal.
    """

    def __init__(self, ctx: Context, stdin: bool, tty: bool, detach_keys: str = ""):
        self.ctx, self.stdin = ctx, stdin
        self.raw, self._detach = False, b""
        if stdin and tty:
            from . import keyboard

            self.raw = keyboard.can_be_raw(ctx.input)
            self._detach = keyboard.detach_keys(detach_keys) if self.raw and detach_keys else b""
        self.tty = self.raw or (stdin and tty and ctx.environ.get("KUBESIM_TTY") == "1")
        if stdin and tty and not self.tty and not ctx.flags["quiet"]:
            ctx.err("Unable to use a TTY - input is not a terminal or the right kind of file\n")

    def converse(self, begin: Callable[[], Session | int], lasting: bool = False, shared: bool = False) -> int | None:
        """Connect the user with the session that `begin` begins; return its exit code, None where the user left it.
        In a container it is an exit code that `begin` returns: its streams are connected there (guest/run.py).

        `lasting`: the program need not end; `shared`: its stdin stays open when the user's ends. Raises Failure where
        the node refuses the session, NotRunning where the container has just ended.
        """
        ctx = self.ctx
        try:
            session = begin()
        except StartError as error:
            ctx.out(f"{error.message}\r\n")
            return error.code
        except NotRunning:
            raise
        except Refused as refused:
            raise Failure(podcmd.no_upgrade(ctx, str(refused))) from None
        if isinstance(session, int):
            return session
        try:
            code = self._hold(session, lasting, shared)
        except (KeyboardInterrupt, SystemExit):
            if not ctx.cluster.locked:  # else all that has just happened is dropped
                session.close()
                ctx.commit()
            raise
        except Failure:
            session.close()
            raise
        session.close()
        return code

    def _hold(self, session: Session, lasting: bool, shared: bool) -> int | None:
        ctx = self.ctx
        if not self.stdin:
            return Conversation(ctx, session, None, False, lasting, shared).hold()
        from . import keyboard

        keys = keyboard.Keyboard(ctx.input, self._detach)
        if not self.raw:
            return Conversation(ctx, session, keys, False, lasting, shared).hold()
        ctx.flush()
        with keyboard.Raw(ctx.input):
            code = Conversation(ctx, session, keys, True, lasting, shared).hold()
            ctx.commit()
        return code


class Conversation:
    """The user and a program in a container. `keys`: what the user types, None where nothing is handed on; `raw`: on a
    terminal that hands on each key; `lasting` and `shared`: see UserTerminal.converse."""

    def __init__(self, ctx: Context, session: Session, keys: Keyboard | None, raw: bool, lasting: bool, shared: bool):
        self.ctx, self.session, self.keys, self.raw = ctx, session, keys, raw
        self.lasting, self.shared = lasting, shared
        self._size: tuple[int, int] | None = None
        self._parts = 0        # pieces of input that were looked for
        self._talks = 0        # times that something was said since the user typed
        self._since = ctx.now  # when that was
        self._spoke = ctx.now

    def hold(self) -> int | None:
        """Go on until the program has ended and return its exit code; None: the user has gone away from it."""
        session, keys = self.session, self.keys
        while True:
            self._show()
            if session.code is not None:
                return session.code
            self._resize()
            wanted = session.wanted()
            if keys is not None and not keys.ended and (wanted is not None or self.raw):
                data = self._typed(keys, wanted)
                if data:
                    session.write(data)
                    self._talks, self._since = 0, self.ctx.now
                    continue
                if keys.ended and not self.shared:
                    session.close_stdin()
                if keys.detached:
                    return None
                if keys.ended:
                    continue
                if wanted is not None:
                    self._live_on(wanted)
                    continue
            if not self._go_on():
                return None

    def _show(self) -> None:
        """Show what was said."""
        said = self.session.read()
        for stream, data in said:
            text = data.decode("utf-8", "surrogateescape")
            (self.ctx.err if stream == "stderr" else self.ctx.out)(text)
        if said and self.ctx.now > self._spoke:
            self._talks, self._spoke = self._talks + 1, self.ctx.now

    def _resize(self) -> None:
        """Tell the program how large the user's terminal is, where that has changed."""
        if not self.raw:
            return
        from . import keyboard

        found = keyboard.size(self.ctx.input)
        if found is not None and found != self._size:
            self._size = found
            self.session.resize(*found)

    def _typed(self, keys: Keyboard, wanted: float | None) -> bytes | None:
        """Return what the user types, waiting for it where the program does (`wanted`: until when); see Keyboard.read.

        Nobody has to wait for the store meanwhile, and all is shown; so it is now and then while much is piped in.
        """
        ctx = self.ctx
        data = keys.read(0.0)
        self._parts += 1
        if data is not None and self._parts % PARTS:
            return data
        if data is not None or wanted is not None:
            ctx.pause()
        if data is None and wanted is not None:
            left = max(0.0, wanted - ctx.now) if wanted < FOR_EVER else None
            if not ctx.cluster.clock.frozen:
                left = LOOK if left is None else min(LOOK, left)
            data = keys.read(left)
            ctx.cluster.refresh()
        return data

    def _live_on(self, until: float) -> None:
        """Nothing was typed: let what has happened meanwhile come."""
        clock = self.ctx.cluster.clock
        if not clock.frozen:
            until = clock.shown
        while self.session.proceed(until):
            pass

    def _go_on(self) -> bool:
        """The program is busy, or sleeps: have the next thing happen. Returns whether the user stays with it."""
        ctx, session = self.ctx, self.session
        frozen = ctx.cluster.clock.frozen
        ahead = ctx.now - self._since
        soon = self._talks < (SEEN if self.raw else TALKS) and ahead < AHEAD
        if frozen and not self.raw:
            if (soon if self.lasting else ahead < PATIENCE) and session.proceed(None):
                return True
            if self.lasting:
                return False
            raise Failure(_ENDLESS)
        if soon and session.proceed(None):
            return True
        ctx.pause()
        until = ctx.now + PACE
        if self.keys is None or self.keys.ended or not self.raw:
            ctx.cluster.rest(PACE)
        else:
            data = self.keys.read(PACE)
            ctx.cluster.refresh()
            if data:
                session.write(data)
                self._talks, self._since = 0, ctx.now
                return True
        self._live_on(until)
        return True


def finish(ctx: Context, begin: Callable[[], Execution], data: bytes | None = None) -> tuple[bytes, bytes, int]:
    """Run a program to its end, with `data` as its stdin; return (stdout, stderr, exit code).

    Raises Failure where the node refuses it, or it does not end.
    """
    try:
        session = begin()
    except StartError as error:
        return f"{error.message}\r\n".encode(), b"", error.code
    except Refused as refused:
        raise Failure(podcmd.no_upgrade(ctx, str(refused))) from None
    out, err = bytearray(), bytearray()
    if data is not None:
        session.write(data)
        session.close_stdin()
    since = ctx.now
    try:
        while True:
            for stream, part in session.read():
                (err if stream == "stderr" else out).extend(part)
            if session.code is not None:
                return bytes(out), bytes(err), session.code
            if ctx.now > since + PATIENCE or not session.proceed(None):
                raise Failure(_ENDLESS)
    finally:
        session.close()
