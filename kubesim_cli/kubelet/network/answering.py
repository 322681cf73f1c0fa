"""HTTP for those who answer in the place of a container (see runtime/kernel/network.py, Answered)."""

from __future__ import annotations

from ..runtime.bin import http, tls
from ..runtime.kernel.network import Answered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = b"Client sent an HTTP request to an HTTPS server.\n"


def request_on(connection: Answered, authority: str = "", names: Callable[[], list[str]] = list) -> http.Message | None:
    """Return the next request that has come whole, None where more must come, or where it is refused.

    A greeting of TLS is answered with a certificate of `authority` for `names()`; where there is an authority plain
    HTTP is refused, where there is none ("") TLS is.
    """
    if not connection.secure and tls.is_hello(connection.sent):
        if not authority:
            connection.answer(http.answer(400, [("Content-Type", "text/plain")], b"400 Bad Request"))
            return None
        found = tls.split_hello(connection.sent)
        if found is None:
            return None
        connection.secure, connection.sent[:] = True, found[1]
        connection.answer(tls.greeting(authority, names()), ended=False)
    message = http.parse(bytes(connection.sent), False)
    if message is None:
        return None
    if authority and not connection.secure:
        connection.answer(http.answer(400, [("Content-Type", "text/plain")], _PLAIN, version="1.0"))
        return None
    del connection.sent[:message.size]
    return message
