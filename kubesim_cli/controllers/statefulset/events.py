"""The events of the StatefulSet controller."""

from __future__ import annotations

from ...releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.errors import StatusError
    from ...machinery.types import Object

COMPONENT = "statefulset-controller"


def record_pod(api: Client, verb: str, set_: Object, pod: Object, error: StatusError | None = None) -> None:
    """Tell that a pod was created, updated or deleted (`verb`), or of the StatusError that prevented it."""
    end = f"failed error: {error.message}" if error else "successful"
    _record(api, verb, set_, f"Pod {pod['metadata']['name']} in StatefulSet {set_['metadata']['name']} {end}", error)


def record_claim(api: Client, verb: str, set_: Object, pod: Object, claim: str,
                 error: StatusError | None = None) -> None:
    """Tell that a claim (by its name) was created, or of the StatusError that prevented it."""
    end = f"failed error: {error.message}" if error else "success"
    of = "for Pod" if error else "Pod"
    _record(api, verb, set_, f"Claim {claim} {of} {pod['metadata']['name']} in StatefulSet "
                             f"{set_['metadata']['name']} {end}", error)


def _record(api: Client, verb: str, set_: Object, text: str, error: StatusError | None) -> None:
    word = verb.capitalize() if enabled("StatefulSetEventsCapitalized", api.release) else verb
    type_, outcome = ("Warning", "Failed") if error else ("Normal", "Successful")
    api.record(set_, type_, outcome + verb.capitalize(), f"{word} {text}", COMPONENT)
