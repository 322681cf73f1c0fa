"""Editing objects in the user's editor: what `edit`, `create --edit` and `apply edit-last-applied` share.

The loop, its messages and the file's header are those of pkg/cmd/util/editor.
"""

from __future__ import annotations

import os

from ...go.fmt import go_syntax, quote
from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ..failures import Exit, Failure
from ..resource.files import File
from . import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object
    from ..context import Context
    from ..resource.info import Info

_WINDOWS = os.name == "nt"


class Editor:
    """Lets the user edit objects until all of them could be saved, nothing changed, or the user gives up.

    `validation` is the field validation to save with. Subclasses say with `save` what is done with an edited object.
    """

    header = ("# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
              "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
              "# reopened with the relevant failures.\n#\n")

    def __init__(self, ctx: Context):
        flags = ctx.flags
        self.ctx, self.flags = ctx, flags
        self.validation = cmdutil.validation(flags)
        self.json = flags["output"] == "json"
        self.reasons: list[tuple[str, list[str]]] = []
        self.retryable = self.not_found = self.invalid = 0

    def save(self, before: Info, after: Info) -> None:
        """Save an edited Info, whose object differs from `before`'s. Raise StatusError, or Failure."""
        raise NotImplementedError

    def edit(self, infos: list[Info]) -> None:
        """Run the editor on the objects of Infos, all in one file."""
        originals = [_without_managed_fields(info.obj) for info in infos]
        cmdutil.wanted_printer(self.ctx, allowed=("json", "kyaml", "yaml"))  # refuses any other
        text, failed, last_file = self._print(originals), False, ""
        edited = ""
        while True:
            shown = self._head() + (_strip(edited) if failed else text)
            previous = edited
            edited, path = self._launch(shown, last_file)
            if failed and _same(previous, edited):
                self._keep(path)
                raise Failure("Edit cancelled, no valid changes were saved.")
            if last_file:
                self.ctx.files.remove(last_file)
            last_file = path
            self.reasons, self.retryable, self.not_found, self.invalid = [], 0, 0, 0
            problem = _problem(edited) if self.validation != "Ignore" else ""
            if problem:
                told = f'<nil>: Invalid value: "The edited file failed validation": {problem}'
                self._note_invalid(infos[0], [told])
                failed = True
                continue
            if _same(text, edited) or not _has_lines(edited):
                self.ctx.files.remove(path)
                what = "no changes made" if _same(text, edited) else "saved file was empty"
                self.ctx.err(f"Edit cancelled, {what}.\n")
                return
            try:
                updated = infos_of(self.ctx, edited)
            except (Failure, StatusError) as error:
                self.reasons.append((f"The edited file had a syntax error: {error}", []))
                failed = True
                continue
            try:
                self._save_all(infos, updated)
            except (Failure, StatusError):
                self._keep(path)
                raise
            if self.retryable:
                self.ctx.err(f"You can run `{self.ctx.name} replace -f {path}` to try this update again.\n")
                raise Exit(1)
            if self.not_found:
                self.ctx.err(f"The edits you made on deleted resources have been saved to {quote(path)}\n")
                raise Exit(1)
            if not self.invalid:
                self.ctx.files.remove(path)
                return
            failed = True

    def _save_all(self, infos: list[Info], updated: list[Info]) -> None:
        managers = {_meta(info).get("uid"): _meta(info).get("managedFields") for info in infos}
        for info in updated:
            if managers.get(_meta(info).get("uid")) is not None:  # they were not shown
                info.obj["metadata"]["managedFields"] = managers[info.obj["metadata"]["uid"]]
            self._require_namespace(info)
            if "save-config" in self.flags and self.flags["save-config"]:  # noqa: RUF019 (Flags is no dict)
                cmdutil.save_config(info.obj, create=True)
            cmdutil.record(self.ctx, info.obj)
        failure = None
        for after in updated:
            try:
                self.save_edited(infos, after)
                failure = None
            except (Failure, StatusError) as error:
                failure = error
        if failure is not None:  # of several only the last one's (InfoListVisitor)
            raise failure

    def save_edited(self, infos: list[Info], after: Info) -> None:
        """Find what an edited Info was before, and save the change. Raises Failure, StatusError."""
        uid = _meta(after).get("uid")
        before = next((info for info in infos if _meta(info).get("uid") == uid), None)
        if before is None:
            told = go_syntax(after.obj)
            raise Failure(f"no original object found for &unstructured.Unstructured{{Object:{told}}}")
        if before.obj == after.obj:
            cmdutil.printer(self.ctx, "skipped")(after.obj)
            return
        self.save(before, after)

    def _require_namespace(self, info: Info) -> None:
        if not info.namespaced:
            return
        wanted = self.ctx.namespace
        if not info.namespace:
            info.namespace = wanted
            info.obj.setdefault("metadata", {})["namespace"] = wanted
        if info.namespace != wanted:
            raise Failure(f"the namespace from the provided object {quote(info.namespace)} does not match the "
                          f"namespace {quote(wanted)}. You must pass '--namespace={info.namespace}' to perform "
                          "this operation.")

    def note(self, error: StatusError, info: Info) -> None:
        """Tell why an object could not be saved, and write it into the file that is opened again."""
        what = f"error: {info.mapping.name} {quote(info.name)}"
        if error.reason == "Invalid":
            causes = (error.status.get("details") or {}).get("causes") or ()
            self._note_invalid(info, [f"{cause.get('field', '')}: {cause.get('message', '')}" for cause in causes])
        elif error.reason == "NotFound":
            self.not_found += 1
            self.ctx.err(f"{what} could not be found on the server\n")
        else:
            self.retryable += 1
            self.ctx.err(f"{what} could not be patched: {error.message}\n")

    def _note_invalid(self, info: Info, causes: list[str]) -> None:
        self.invalid += 1
        name = f"{info.mapping.name} {quote(info.name)}"
        self.reasons.append((f"{name} was not valid", causes))
        self.ctx.err(f"error: {name} is invalid\n")

    # The file

    def _print(self, objects: list[Object]) -> str:
        listing = {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {}}
        obj = objects[0] if len(objects) == 1 else listing
        if self.json:
            from ..printers.json import dump as dump_json

            return dump_json(obj) + "\n"
        from ..printers.yaml import dump as dump_yaml

        return dump_yaml(obj)

    def _head(self) -> str:
        """The comment at the top: what to do, and what went wrong last time."""
        if self.json:
            return ""
        head = self.header
        for reason, details in self.reasons:
            head += f"# {_hashed(reason)}{':' if details else ''}\n"
            head += "".join(f"# * {_hashed(detail)}\n" for detail in details) + "#\n"
        return head

    def _launch(self, text: str, last_file: str) -> tuple[str, str]:
        """Have a text edited; returns what came of it and the temporary file that holds it."""
        if self.flags["windows-line-endings"] if self.flags.changed("windows-line-endings") else _WINDOWS:
            text = text.replace("\n", "\r\n")
        ctx = self.ctx
        path = ctx.once(lambda: ctx.files.make_file(f"{ctx.name}-edit-", ".json" if self.json else ".yaml", text))
        ctx.pause()
        try:
            launch(ctx, path)
        except Failure:
            self._keep(last_file)
            raise
        return ctx.once(lambda: ctx.files.contents(path).decode("utf-8", "surrogateescape")), path

    def _keep(self, path: str) -> None:
        if path and self.ctx.files.is_there(path):
            self.ctx.err(f"A copy of your changes has been stored to {quote(path)}\n")


def launch(ctx: Context, path: str) -> None:
    """Run the user's editor (KUBE_EDITOR, EDITOR) on a file and wait for it. Raises Failure."""
    environ = ctx.environ
    editor = environ.get("KUBE_EDITOR") or environ.get("EDITOR") or ("notepad" if _WINDOWS else "vi")
    if " " not in editor:
        command = [editor]
    elif not any(char in editor for char in "\"'\\"):
        command = [word for word in editor.split(" ") if word]
    else:
        shell = environ.get("SHELL") or ("cmd" if _WINDOWS else "/bin/bash")
        command = [shell, "/C" if shell == "cmd" else "-c", editor]
    told = quote(" ".join(command))
    if command[-1] == editor and len(command) == 3:
        arguments = [*command[:2], f"{editor} {_shell_quoted(path)}"]
    else:
        arguments = [*command, path]
    try:
        code = ctx.run_editor(arguments)
    except FileNotFoundError:
        raise Failure(f"unable to launch the editor {told}") from None
    except OSError:
        code = 1
    if code:
        raise Failure(f"there was a problem with the editor {told}")


def _shell_quoted(path: str) -> str:
    import shlex

    return f'"{path}"' if _WINDOWS else shlex.quote(path)


def infos_of(ctx: Context, text: str) -> list[Info]:
    """Return the Infos of the objects in a text. Raises Failure where it cannot be read."""
    infos = []
    for info in _Text(text).infos(ctx, False, False, True):
        if isinstance(info, Exception):
            raise info
        infos.append(info)
    return infos


class _Text(File):
    def __init__(self, text: str):
        super().__init__("edited-file", "edited-file")
        self.text = text

    def read(self, ctx: Context) -> str:
        return self.text


def _meta(info: Info) -> Object:
    return info.obj.get("metadata") or {}


def _without_managed_fields(obj: Object) -> Object:
    obj = clone(obj)
    obj.get("metadata", {}).pop("managedFields", None)
    return obj


def _strip(text: str) -> str:
    """Leave out lines that begin with # (ManualStrip)."""
    kept = [line for line in text.splitlines() if not line.strip().startswith("#")]
    return "".join(line + "\n" for line in kept)


def _parsed(text: str) -> Json:
    """A text without its comments, to compare: its value, or its lines where it does not parse."""
    from ...go.yaml import YamlError, load

    try:
        return load(text)
    except YamlError:
        return _strip(text)


def _same(a: str, b: str) -> bool:
    return bool(_parsed(a) == _parsed(b))


def _has_lines(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _problem(text: str) -> str:
    """What client-side validation finds: a text that does not parse, or an object without kind or apiVersion."""
    from ...go.yaml import YamlError, load
    from ..resource.files import kind_problems

    try:
        problems = kind_problems(load(text))
    except YamlError as error:
        return f"error converting to YAML: {error}"
    return f"[{', '.join(problems)}]" if len(problems) > 1 else "".join(problems)


def _hashed(text: str) -> str:
    """Keep a reason of many lines a comment (hashOnLineBreak)."""
    lines = text.split("\n")
    return lines[0] + "".join("\n" + (line if not line or line.startswith("#") else f"# {line}") for line in lines[1:])
