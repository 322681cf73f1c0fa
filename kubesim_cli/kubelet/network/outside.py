"""The world outside the cluster, by a rule: what stands in HOSTS answers, no other name is known, no address reached.

HOSTS has the names that documentation uses for examples; each answers HTTP and HTTPS with a small page.
"""

from __future__ import annotations

from ..runtime.bin import http, tls
from ..runtime.kernel.network import Answered, Record, Reply
from .answering import request_on

# The addresses are those that RFC 5737 keeps for documentation.
HOSTS = {"example.com": "192.0.2.1", "www.example.com": "192.0.2.1", "example.org": "192.0.2.2",
         "www.example.org": "192.0.2.2", "example.net": "192.0.2.3", "www.example.net": "192.0.2.3",
         "info.cern.ch": "192.0.2.4"}
_PORTS = (80, 443)
_PAGE = "<!doctype html>\n<html>\n<head><title>{0}</title></head>\n<body><h1>{0}</h1></body>\n</html>\n"


def query(name: str, type_: str) -> Reply:
    """Answer for a name that is not the cluster's."""
    address = HOSTS.get(name)
    if address is None:
        return Reply("NXDOMAIN")
    return Reply(answers=[Record(name + ".", "A", address)] if type_ in ("A", "ANY") else [])


def answers_at(address: str, port: int) -> bool | None:
    """Tell whether an address outside answers at a port; None: the address is not reached."""
    return port in _PORTS if address in HOSTS.values() else None


def answer(connection: Answered) -> None:
    """Answer HTTP as one of HOSTS: every page is the same."""
    message = request_on(connection, tls.PUBLIC if connection.remote[1] == 443 else "")
    if message is not None:
        host = message.header("host").partition(":")[0] or connection.remote[0]
        connection.answer(http.answer(200, [("Content-Type", "text/html")], _PAGE.format(host).encode(),
                                      message.first[0] != "HEAD"))
