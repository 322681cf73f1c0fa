"""What those who answer in the place of a container find in the kernel's routes: the cluster that these are of."""

from __future__ import annotations

from ..runtime.kernel.network import Answered, Routes
from .view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client

APISERVER = "apiserver"  # stands, in what somebody has asked the network, for all that the API server has


class Wiring(Routes):
    """Routes of a cluster, of which `api` is a trusted client."""

    def __init__(self, api: Client):
        self.api, self.view = api, View(api)


def wiring_of(connection: Answered) -> Wiring:
    """Return the cluster that a connection is made in."""
    routes = connection.kernel.routes
    assert isinstance(routes, Wiring)  # nobody else gives such a connection its answerer
    return routes
