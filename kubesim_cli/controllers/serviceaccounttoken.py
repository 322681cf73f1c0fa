"""Tokens that last: Secrets of the type service-account-token are filled in, and go with their account
(pkg/controller/serviceaccount/tokens_controller.go).

A key is a Secret's, or a namespace's with `*` for all in it, then a blank and the account that it is a token of.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..machinery.objects import key_of, split_key
from ..machinery.wellknown import (
    SECRET_TYPE_SERVICE_ACCOUNT_TOKEN,
    SERVICE_ACCOUNT_NAME_KEY,
    SERVICE_ACCOUNT_UID_KEY,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object


def _notes(secret: Object) -> Object:
    return secret["metadata"].get("annotations") or {}


def _token(change: Change) -> Iterable[Key]:
    secret = change.object
    if secret.get("type") != SECRET_TYPE_SERVICE_ACCOUNT_TOKEN:
        return ()
    return (f"{key_of(secret)} {_notes(secret).get(SERVICE_ACCOUNT_NAME_KEY, '')}",)


def _account(change: Change) -> Iterable[Key]:
    meta = change.object["metadata"]
    return (f"{meta['namespace']}/* {meta['name']}",) if change.new is None else ()


class TokensController(Controller):
    name = "serviceaccount-token"
    watches = {"secrets": _token, "serviceaccounts": _account}

    def sync(self, api: Client, key: str) -> None:
        secret_key, _, account_name = key.partition(" ")
        namespace, name = split_key(secret_key)
        account = api.find("serviceaccounts", account_name, namespace)
        if name == "*":
            for secret in api.items("secrets", namespace):
                if secret.get("type") == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN \
                        and _notes(secret).get(SERVICE_ACCOUNT_NAME_KEY) == account_name:
                    self._settle(api, secret, account)
            return
        found = api.find("secrets", name, namespace)
        if found is not None:
            self._settle(api, found, account)
        elif account is not None and any(ref.get("name") == name for ref in account.get("secrets") or ()):
            left = [ref for ref in account["secrets"] if ref.get("name") != name]
            kept = {field: value for field, value in account.items() if field != "secrets"}
            api.update("serviceaccounts", {**kept, "secrets": left} if left else kept, namespace)

    @staticmethod
    def _settle(api: Client, secret: Object, account: Object | None) -> None:
        """Fill in the token of an account that is there; one of an account that is gone goes, too."""
        from base64 import b64encode

        from ..apiserver import tokens
        from ..apiserver.bootstrap import ROOT_CA

        meta, data, notes = secret["metadata"], dict(secret.get("data") or {}), _notes(secret)
        uid = notes.get(SERVICE_ACCOUNT_UID_KEY)
        if account is None or (uid and uid != account["metadata"]["uid"]):
            api.delete("secrets", meta["name"], meta["namespace"])
            return
        data["ca.crt"] = b64encode(ROOT_CA.encode()).decode()
        data["namespace"] = data.get("namespace") or b64encode(meta["namespace"].encode()).decode()
        data["token"] = data.get("token") or b64encode(tokens.lasting(account, secret).encode()).decode()
        if data == secret.get("data"):
            return
        owner = account["metadata"]
        own = {SERVICE_ACCOUNT_NAME_KEY: owner["name"], SERVICE_ACCOUNT_UID_KEY: owner["uid"]}
        api.update("secrets", {**secret, "metadata": {**meta, "annotations": {**notes, **own}}, "data": data},
                   meta["namespace"])
