"""Changing kubeconfig files: each entry is written to the file it came from (clientcmd.ModifyConfig).

kubesim's own file is kept as JSON, which is YAML and quick to read; all other files are written as kubectl does.
"""

from __future__ import annotations

import os

from ...machinery.files import HOST, private_folder
from ...machinery.objects import clone
from ..failures import Failure
from ..kubeconfig import SECTIONS, builtin_file, empty, merge, own_path, paths, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from ...machinery.files import Files
    from ...machinery.types import Json, Object

    _Change: TypeAlias = tuple[str, str, Json]  # section ("": the file itself), name, value (None takes it away)

# The fields of an entry in the order of their Go structs; those without `omitempty` are in REQUIRED.
FIELDS = {
    "clusters": ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority",
                 "certificate-authority-data", "proxy-url", "disable-compression", "extensions"),
    "users": ("client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile",
              "as", "as-uid", "as-groups", "as-user-extra", "username", "password", "auth-provider", "exec",
              "extensions"),
    "contexts": ("cluster", "user", "namespace", "extensions"),
}
# Those of what stands in an entry, with what is written where they are not given; `...`: nothing is.
_WITHIN: dict[str, dict[str, Any]] = {
    "auth-provider": {"name": "", "config": None},
    "exec": {"command": "", "args": None, "env": None, "apiVersion": ..., "installHint": ...,
             "provideClusterInfo": False, "interactiveMode": ...}}
REQUIRED = {"clusters": ("server",), "users": (), "contexts": ("cluster", "user")}
_LOCK_PATIENCE = 2.0  # seconds


class ConfigAccess:
    """The files of one call, read once: `config` is what they say together, as kubeconfig.merge returns it.

    `files`: those among which they are.
    """

    def __init__(self, environ: Mapping[str, str], explicit: str = "", preferences: Callable[[], bool] = bool,
                 files: Files = HOST):
        """`explicit`: the value of --kubeconfig; `preferences()`: whether files are written with `preferences` though
        there are none. Raises Failure where a file does not parse."""
        self._environ, self.explicit, self._preferences, self.files = environ, explicit, preferences, files
        self._paths = paths(environ, explicit, files)
        configs = {path: read_file(path, environ, files) for path in self._paths}
        self._read = {path: config for path, config in configs.items() if config is not None}
        self.config = clone(merge(list(self._read.values())))

    @property
    def default_path(self) -> str:
        """The file that new entries go to: the first that exists, else the last named."""
        if len(self._paths) == 1:
            return self._paths[0]
        return next((path for path in self._paths if self.files.is_there(path)), self._paths[-1])

    def origin(self, section: str, name: str) -> str:
        """Return the file an entry came from, or the one it will go to."""
        return next((path for path in self._paths if path in self._read and name in self._read[path][section]),
                    self.default_path)

    def write(self, config: Object) -> None:
        """Bring the files to what `config` says: entries that differ go to their file, deleted ones go away.

        Each file is read again under its lock, and what others have changed there meanwhile stays.
        """
        changes: dict[str, list[_Change]] = {}

        def change(path: str, section: str, name: str, value: Json) -> None:
            changes.setdefault(path, []).append((section, name, value))

        if config["current-context"] != self.config["current-context"]:
            path = self.default_path
            if not config["current-context"]:
                path = next((p for p in self._paths if p in self._read and self._read[p]["current-context"]), path)
            change(path, "", "current-context", config["current-context"])
        if _preferences(config) != _preferences(self.config):
            change(self.default_path, "", "preferences", _preferences(config))
        for section in SECTIONS:
            for name, entry in config[section].items():
                if self.config[section].get(name) != entry:
                    change(self.origin(section, name), section, name, entry)
            for name in self.config[section].keys() - config[section].keys():
                change(self.origin(section, name), section, name, None)
        for path, wanted in changes.items():
            self._save(path, wanted)

    def folder_of(self, section: str, name: str) -> str:
        """Return the folder of an entry's file."""
        return self._folder(self.origin(section, name))

    def _folder(self, path: str) -> str:
        folder: str = self.files.paths.dirname(self.files.absolute(path))
        return folder

    def _save(self, path: str, changes: list[_Change]) -> None:
        if self.files is not HOST:
            action, where = "mkdir", self._folder(path)
            try:
                self.files.make_folders(where)
                action, where = "open", path
                self.files.write(path, self._changed(path, changes, False), 0o600)
            except OSError as why:
                raise Failure(f"{action} {where}: {os.strerror(why.errno or 0).lower()}") from None
            return
        real, own = os.path.realpath(path), path == own_path(self._environ)
        folder = os.path.dirname(os.path.abspath(path))
        if own:
            private_folder(folder)
        else:
            os.makedirs(folder, exist_ok=True)
        try:
            with _Lock(path + ".lock"):
                replace_file(real, self._changed(path, changes, own))
        except OSError as why:
            raise Failure(f"open {why.filename or path}: {os.strerror(why.errno or 0).lower()}") from None

    def _changed(self, path: str, changes: list[_Change], own: bool) -> str:
        """Return a file's new text."""
        config = clone(read_file(path, self._environ, self.files) or empty())
        for section, name, value in changes:
            where = config[section] if section else config
            if value is None:
                where.pop(name, None)
            else:
                where[name] = value
        if own:
            import json
            return json.dumps(external(config), indent=2) + "\n"
        from ..printers.yaml import dump
        shaped = external(config)
        return dump({"preferences": {}, **shaped} if self._preferences() else shaped)


def write_own(environ: Mapping[str, str]) -> None:
    """Make sure that kubesim's own file exists, for programs beside kubectl that read it."""
    from ...go.jsontext import encode
    path = own_path(environ)
    if not os.path.exists(path):
        private_folder(os.path.dirname(path))
        replace_file(path, encode(builtin_file()))


def external(config: Object) -> Object:
    """Return a config in the shape of the file, its fields in the order of the Go structs (latest.ExternalVersion)."""
    shaped: Object = {"kind": "Config", "apiVersion": "v1"}
    if preferences := _preferences(config):
        shaped["preferences"] = preferences
    for section in ("clusters", "users", "contexts"):
        shaped[section] = [
            {"name": name, SECTIONS[section]: {field: _in_order(field, entry.get(field) or "")
                                               for field in FIELDS[section]
                                               if entry.get(field) or field in REQUIRED[section]}}
            for name, entry in sorted(config[section].items())] or None
    shaped["current-context"] = config["current-context"]
    if config.get("extensions"):
        shaped["extensions"] = config["extensions"]
    return shaped


def _preferences(config: Object) -> Object:
    """Return the preferences that a file tells: no empty ones, no false."""
    return {field: value for field, value in (config.get("preferences") or {}).items() if value}


def _in_order(field: str, value: Json) -> Json:
    if field not in _WITHIN:
        return value
    found = {key: none if value.get(key) is None else value[key] for key, none in _WITHIN[field].items()
             if value.get(key) or none is not ...}
    return {**found, "config": dict(sorted(found["config"].items()))} if found.get("config") else found


def replace_file(path: str, text: str) -> None:
    """Write a whole file or nothing; a new file is for its owner alone. A device or a pipe is written to."""
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    from tempfile import mkstemp
    handle, temporary = mkstemp(dir=os.path.dirname(path), prefix=os.path.basename(path))
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


class _Lock:
    """A lock file such as client-go's, waited for a while before it is called an error."""

    def __init__(self, path: str):
        self._path = path

    def __enter__(self) -> None:
        import time
        give_up = time.monotonic() + _LOCK_PATIENCE
        while True:
            try:
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL))
                return
            except FileExistsError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def __exit__(self, *exc: object) -> None:
        os.unlink(self._path)
