"""ServiceAccounts."""

from __future__ import annotations

from ....machinery.errors import StatusError
from ....machinery.wellknown import (
    SECRET_TYPE_SERVICE_ACCOUNT_TOKEN,
    SERVICE_ACCOUNT_NAME_KEY,
    SERVICE_ACCOUNT_UID_KEY,
)
from ....releases.kubectl import does
from .events import list_all
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object
    from . import Context

GROUP = ""


def describe(account: Object, w: Writer, ctx: Context) -> None:
    w.metadata(account)
    rows = {"Image pull secrets:": _names(account.get("imagePullSecrets"))}
    missing: set[str] = set()
    if not does("NoTokensOfAccounts", w.release):
        rows["Mountable secrets: "] = _names(account.get("secrets"))
        rows["Tokens:            "], missing = _tokens(account, ctx)
    for header, names in rows.items():
        shown = [f"{name} (not found)" if name in missing else name for name in names] or ["<none>"]
        for i, text in enumerate(shown):
            w.write(0, f"{' ' * len(header) if i else header}\t{text}\n")
    ctx.events(account)


def _names(references: list[Json] | None) -> list[str]:
    return [reference.get("name", "") for reference in references or ()]


def _tokens(account: Object, ctx: Context) -> tuple[list[str], set[str]]:
    """Return the names of the account's token secrets, and of those it names but that are not there."""
    meta = account["metadata"]
    try:
        secrets = list_all(ctx.client, "secrets", meta.get("namespace", ""), chunk_size=ctx.chunk_size)
    except StatusError:
        return [], set()
    tokens = []
    for secret in secrets:
        annotations = secret["metadata"].get("annotations") or {}
        if (secret.get("type") == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN
                and annotations.get(SERVICE_ACCOUNT_NAME_KEY) == meta["name"]
                and annotations.get(SERVICE_ACCOUNT_UID_KEY, "") == meta.get("uid", "")):
            tokens.append(secret["metadata"]["name"])
    existing = {secret["metadata"]["name"] for secret in secrets}
    return tokens, {*_names(account.get("secrets")), *_names(account.get("imagePullSecrets"))} - existing
