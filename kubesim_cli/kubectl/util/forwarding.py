"""Ports of this machine that lead to a pod's, for as long as the command runs (client-go's tools/portforward).

Bytes go to and fro at the pace of real time, but what a server in the pod waits for before it answers comes at once.
The store is locked only while bytes are handed over.
"""

from __future__ import annotations

import contextlib
import ipaddress
import selectors
import signal
import socket
from time import gmtime, monotonic, strftime

from ...machinery.streaming import NotRunning, Refused
from ...releases.kubectl import does
from ..failures import Failure
from . import klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...cluster.cluster import Dialed
    from ...machinery.types import Object
    from ..context import Context

ANSWER = 60.0   # simulated seconds that a server may take until it answers
PACE = 0.1      # real seconds between two looks at connections that are open
IDLE = 1.0      # and at the cluster where none is
CHUNK = 65536
FULL = 1 << 20  # bytes that wait for the user's side, before no more of them are fetched


class Port:
    """A port of this machine (0: any that is free) and the pod's that it leads to."""

    def __init__(self, local: int, remote: int):
        self.local, self.remote = local, remote


def ports(texts: list[str]) -> list[Port]:
    """Return what [LOCAL:]REMOTE texts say; raises Failure."""
    found = []
    for text in texts:
        parts = text.split(":")
        if len(parts) > 2:
            raise Failure(f"invalid port format '{text}'")
        local, remote = _number(parts[0] or "0", "local"), _number(parts[-1], "remote")
        if not remote:
            raise Failure("remote port must be > 0")
        found.append(Port(local, remote))
    return found


def _number(text: str, which: str) -> int:
    problem = "invalid syntax" if not text.isascii() or not text.isdigit() else "value out of range" \
        if len(text) > 9 or int(text) > 65535 else ""
    if problem:
        raise Failure(f"error parsing {which} port '{text}': strconv.ParseUint: parsing \"{text}\": {problem}")
    return int(text)


def addresses(texts: list[str]) -> list[tuple[str, bool]]:
    """Return (address, whether it must be listened on) for what --address says; raises Failure."""
    found: dict[str, bool] = {}
    for text in texts:
        if text == "localhost":
            for address in ("127.0.0.1", "::1"):
                found.setdefault(address, False)
            continue
        try:
            ipaddress.ip_address(text)
        except ValueError:
            raise Failure(f"{text} is not a valid IP") from None
        found[text] = True
    return sorted(found.items())


class Link:
    """A connection from this machine and the one into the pod that goes with it."""

    def __init__(self, ours: socket.socket, theirs: Dialed, port: Port, now: float):
        self.ours, self.theirs, self.port = ours, theirs, port
        self.asked: float | None = now  # simulated time since when an answer is waited for
        self.back = bytearray()         # bytes for this machine that it has not taken yet
        self.open = True                # more may come from the pod,
        self.ours_open = True           # and from this machine
        self.watched = 0                # events that the selector looks for


class Forwarder:
    """Forwards until it is interrupted; `pod` as it was found."""

    def __init__(self, ctx: Context, pod: Object, where: list[tuple[str, bool]], wanted: list[Port]):
        self.ctx, self.pod, self.where, self.wanted = ctx, pod, where, wanted
        self._selector = selectors.DefaultSelector()
        self._links: list[Link] = []

    def run(self) -> None:
        """Listen, and hand bytes over. Raises Failure where nothing can be listened on, or the pod is lost."""
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in a script's background ignores it
        try:
            self._listen()
            self.ctx.commit()
            last = monotonic()
            while True:
                self._wait()
                spent, last = monotonic() - last, monotonic()
                self._live_on(spent)
                self._hand_back()
        except KeyboardInterrupt:
            return
        finally:
            for key in list(self._selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
            self._selector.close()

    # Listening

    def _listen(self) -> None:
        worked = False
        for port in self.wanted:
            problems, done, needed = [], 0, False
            for address, must in self.where:
                try:
                    listener = _listener(address, port.local)
                except OSError as error:
                    six = ":" in address
                    at = f"[{address}]:{port.local}" if six else f"{address}:{port.local}"
                    problems.append("unable to create listener: Error listen "
                                    f"tcp{6 if six else 4} {at}: bind: {(error.strerror or str(error)).lower()}")
                    needed = needed or must
                    continue
                done += 1
                port.local = listener.getsockname()[1]
                shown = f"[{address}]" if ":" in address else address
                self.ctx.out(f"Forwarding from {shown}:{port.local} -> {port.remote}\n")
                self._selector.register(listener, selectors.EVENT_READ, port)
            if problems and (needed or not done):
                self.ctx.err(f"Unable to listen on port {port.local}: Listeners failed to create with the following "
                             f"errors: [{' '.join(problems)}]\n")
            else:
                worked = True
        if not worked:
            told = " ".join(f"{{{port.local} {port.remote}}}" for port in self.wanted)
            raise Failure(f"unable to listen on any of the requested ports: [{told}]")

    def _accept(self, listener: socket.socket, port: Port) -> None:
        ours, _ = listener.accept()
        ours.setblocking(False)
        self.ctx.out(f"Handling connection for {port.local}\n")
        try:
            theirs = self.ctx.cluster.dial(self.pod, port.remote)
        except Refused as refused:
            ours.close()
            self._lose(port, refused)
        link = Link(ours, theirs, port, self.ctx.now)
        self._links.append(link)
        self._watch(link)

    def _lose(self, port: Port, refused: Refused) -> None:
        """Tell that nobody answers in the pod: kubectl gives up then."""
        uid = self.pod["metadata"]["uid"].replace("-", "")
        when = strftime("%Y/%m/%d %H:%M:%S", gmtime(self.ctx.now))
        why = f"container not running ({uid * 2})" if isinstance(refused, NotRunning) else (
            f"exit status 1: {when} socat[{int(uid[:4], 16)}] E connect(5, AF=2 127.0.0.1:{port.remote}, "
            f"16): {refused}")
        text = (f"an error occurred forwarding {port.local} -> {port.remote}: error forwarding port {port.remote} to "
                f"pod {uid * 2}, uid : {why}")
        if does("StructuredErrors", self.ctx.release):
            text = f'"Unhandled Error" err="{text}" logger="UnhandledError"'
        klog.tell(self.ctx, "E", "portforward.go:424", text)
        raise Failure("lost connection to pod")

    # Handing over

    def _wait(self) -> None:
        """Wait for what comes in on this machine, and hand it on."""
        self.ctx.commit()
        if any(link.asked is not None for link in self._links):
            timeout = 0.0
        else:
            timeout = PACE if self._links else IDLE
        for key, events in self._selector.select(timeout):
            if isinstance(key.data, Port):
                self._accept(key.fileobj, key.data)  # type: ignore[arg-type]
            else:
                if events & selectors.EVENT_WRITE:
                    self._flush(key.data)
                if events & selectors.EVENT_READ and key.data in self._links:
                    self._hand_on(key.data)

    def _hand_on(self, link: Link) -> None:
        try:
            data = link.ours.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        with contextlib.suppress(Refused):  # what has come back is still to be read
            if data:
                link.theirs.write(data)
            else:
                link.ours_open = False
                link.theirs.close_writing()
        link.asked = self.ctx.now
        self._watch(link)

    def _live_on(self, spent: float) -> None:
        """Let time go by as it does on this machine (`spent` seconds), or on to an answer that is waited for."""
        ctx = self.ctx
        cluster = ctx.cluster
        cluster.refresh()
        if cluster.clock.frozen and self._links:
            until = ctx.now + spent
            while self._links[0].theirs.proceed(until):
                pass
        asking = [link for link in self._links if link.asked is not None]
        if asking and not asking[0].theirs.proceed(asking[0].asked + ANSWER):  # type: ignore[operator]
            asking[0].asked = None  # nothing will come by itself

    def _hand_back(self) -> None:
        for link in list(self._links):
            while link.open and len(link.back) < FULL:
                data = link.theirs.read()
                if data is None:
                    link.open = False
                elif not data:
                    break
                else:
                    link.back += data
                    link.asked = None
            if link.back or not link.open:
                self._flush(link)

    def _flush(self, link: Link) -> None:
        """Give this machine what has come back, as far as it takes it; close what is closed in the pod."""
        try:
            sent = link.ours.send(link.back) if link.back else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._close(link)
            return
        del link.back[:sent]
        if not link.back and not link.open:
            self._close(link)
            return
        self._watch(link)

    def _watch(self, link: Link) -> None:
        """Look for what can be done on this machine's side."""
        events = (selectors.EVENT_READ if link.ours_open else 0) | (selectors.EVENT_WRITE if link.back else 0)
        if link.watched:
            self._selector.unregister(link.ours)
        if events:
            self._selector.register(link.ours, events, link)
        link.watched = events

    def _close(self, link: Link) -> None:
        if link.watched:
            self._selector.unregister(link.ours)
        link.ours.close()
        link.theirs.close()
        self._links.remove(link)


def _listener(address: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError."""
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(128)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
