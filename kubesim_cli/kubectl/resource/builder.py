"""What a command line names: arguments, files and selectors become `Info`s (cli-runtime's resource.Builder)."""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..failures import Aggregate, Failure, no_such_type
from .info import Info, group_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from ...machinery.discovery import Resource
    from ...machinery.types import Object
    from ..context import Context
    from .files import File

    Found = Info | Exception  # an object, or why there is none
    Source = Callable[[], Iterable[Found]]

MISSING_RESOURCE = """You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""
LOCAL_RESOURCE = """you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'"""
_FAILURES = (StatusError, Failure)


class Result:
    """What was selected, not yet read: a source for each name, type or file. `single` tells that one single object was
    named (singleItemImplied)."""

    def __init__(self, sources: list[Source], decorate: Callable[[Info], None], *, eager: bool, single: bool):
        self.sources, self._decorate, self._eager, self.single = sources, decorate, eager, single

    def visit(self, fn: Callable[[Info], object]) -> None:
        """Call `fn(info)` for every object as it is read.

        Where the builder continues on error, what single objects and `fn` raise is collected and raised at the end.
        """
        failed: list[Exception] = []
        unread: list[Exception] = []
        for source in self.sources:
            try:
                for item in source():
                    if isinstance(item, Exception):
                        if not self._eager:
                            raise item
                        unread.append(item)
                        continue
                    try:
                        self._decorate(item)
                        fn(item)
                    except _FAILURES as error:
                        if not self._eager:
                            raise
                        failed.append(error)
            except _FAILURES as error:
                if not self._eager:
                    raise
                unread.append(error)
        if unread:
            failed.append(Aggregate(unread))
        raise_all(failed)

    def collect(self, ignore_not_found: bool = False) -> tuple[list[Info], Exception | None]:
        """Return the Infos that could be read and the error of the others, or None."""
        infos: list[Info] = []
        try:
            self.visit(infos.append)
        except _FAILURES as error:
            return infos, without_not_found(error) if ignore_not_found else error
        return infos, None

    def infos(self) -> list[Info]:
        """Return all Infos or raise."""
        infos, error = self.collect()
        if error:
            raise error
        return infos


def aggregate(errors: Sequence[Exception]) -> Exception | None:
    """One error for several: itself where it is the only one, None for none (utilerrors.NewAggregate)."""
    return (errors[0] if len(errors) == 1 else Aggregate(list(errors))) if errors else None


def raise_all(errors: Sequence[Exception]) -> None:
    """Raise the errors as one, if there are any."""
    failure = aggregate(errors)
    if failure is not None:
        raise failure


def flatten(error: Exception) -> list[Exception]:
    """The errors in an error (utilerrors.Flatten)."""
    return [e for inner in error.errors for e in flatten(inner)] if isinstance(error, Aggregate) else [error]


def without_not_found(error: Exception) -> Exception | None:
    """What remains of an error when nothing was missing (--ignore-not-found)."""
    if isinstance(error, Aggregate):
        return aggregate([e for e in map(without_not_found, error.errors) if e])
    return None if isinstance(error, StatusError) and error.reason == "NotFound" else error


class Builder:
    """What to select, and how: the attributes, set by keywords of their names."""

    filenames: Sequence[str] = ()
    kustomize = ""
    recursive = False
    selector = ""
    field_selector = ""
    select_all = False
    all_namespaces = False
    allow_empty_selector = False  # a TYPE alone means all of it
    resource = ""                 # arguments are NAMEs (or TYPE/NAMEs) of this type
    local = False                 # files only, no server
    latest = False                # read what files name from the server
    flatten = True                # the objects of lists, not the lists
    continue_on_error = True
    single_resource_type = False
    subresource = ""
    require_object = True
    chunk_size = 0
    include_object = "Object"
    table = False                 # objects are metav1.Tables
    validate = False              # apiVersion and kind must be there
    scheme = ""                   # the name of a scheme; kinds that have no Go type are refused in its name

    def __init__(self, ctx: Context, args: Sequence[str] = (), **settings: Any):
        """`args`: TYPE [NAME...], TYPE1,TYPE2 [NAME...] or TYPE/NAME...; raises TypeError for an unknown setting."""
        for name, value in settings.items():
            if not hasattr(Builder, name):
                raise TypeError(f"the builder has no {name!r}")
            setattr(self, name, value)
        self.ctx, self.args = ctx, list(args)
        self.selector, self.field_selector = self.selector.strip(), self.field_selector.strip()
        self._namespace = "" if self.all_namespaces else ctx.namespace
        self._files: list[File] = []

    def result(self) -> Result:
        """Return the selection; raises Failure for what does not fit together, before anything is read."""
        errors: list[Exception] = []
        if self.filenames or self.kustomize:
            from . import files

            self._files = files.sources(self.filenames, self.kustomize, self.recursive, errors, self.ctx.files)
        if self.local and self.args:
            errors.append(Failure(LOCAL_RESOURCE))
        if self.select_all and (self.selector or self.field_selector):
            errors.append(Failure("setting 'all' parameter but found a non empty selector. "))
        try:
            types, names, pairs = _split_args(self.ctx, [] if self.local else self.args, self.resource)
        except Failure as error:
            errors.append(error)
        raise_all(errors)
        sources, single = self._sources(types, names, pairs)
        return Result(sources, self._decorate, eager=self.continue_on_error, single=single)

    def _sources(self, types: list[str], names: list[str], pairs: list[tuple[str, str]]) -> tuple[list[Source], bool]:
        """Return functions that yield Infos, and whether one single object is named."""
        by_selector = bool(self.selector or self.field_selector or self.select_all
                           or (self.allow_empty_selector and types and not names))
        if self._files:
            _refuse_arguments(types, names, pairs)
            return self._of_files(), len(self._files) == 1 and not self._files[0].of_many
        if by_selector:
            return [self._selection(mapping) for mapping in self._selected_types(types, names, pairs)], False
        if pairs or names:
            if len(types) > 1:
                raise Failure("you must specify only one resource")
            named = self._named(pairs or [(types[0], name) for name in names])
            return [_alone(info) for info in named], len(named) == 1
        if types:
            for text in types:
                mapping_for(self.ctx, text)
            raise Failure("resource(s) were provided, but no name was specified")
        raise Failure(MISSING_RESOURCE)

    def _of_file(self, file: File) -> Source:
        return lambda: file.infos(self.ctx, self.local, self.validate, self.flatten, self.scheme)

    def _of_files(self) -> list[Source]:
        sources = [self._of_file(file) for file in self._files]
        if self.latest:
            sources = [_latest(self.ctx, self._namespace, source, self.table) for source in sources]
        if self.selector:
            sources = [_filtered(self.selector, source) for source in sources]
        return sources

    def _decorate(self, info: Info) -> None:
        _set_namespace(info, self._namespace)
        if self._files and self.ctx.namespace_given and not self.all_namespaces:
            _require_namespace(info, self._namespace)
        _filter_namespace(info)
        if self.require_object and info.obj is None:
            info.get(self.ctx.client, self.table)
            _require_registered(info.mapping, "", self.scheme)

    def _selected_types(self, types: list[str], names: list[str], pairs: list[tuple[str, str]]) -> list[Resource]:
        if names:
            raise Failure("name cannot be provided when a selector is specified")
        if pairs:
            raise Failure("selectors and the all flag cannot be used when passing resource/name arguments")
        if not types:
            raise Failure("at least one resource must be specified to use a selector")
        if self.subresource:
            raise Failure("subresource cannot be used when bulk resources are specified")
        if self.single_resource_type and len(types) > 1:
            raise Failure("you may only specify a single resource type")
        mappings = [mapping_for(self.ctx, text) for text in types]
        return list({mapping.versioned: mapping for mapping in mappings}.values())

    def _named(self, pairs: list[tuple[str, str]]) -> list[Info]:
        mappings = {text: mapping_for(self.ctx, text) for text, _ in pairs}
        if self.single_resource_type and len({mapping.versioned for mapping in mappings.values()}) > 1:
            raise Failure("you may only specify a single resource type")
        infos = []
        for text, name in pairs:
            mapping = mappings[text]
            if mapping.namespaced and self.all_namespaces:
                raise Failure("a resource cannot be retrieved by name across all namespaces")
            infos.append(Info(mapping, self._namespace if mapping.namespaced else "", name,
                              subresource=self.subresource))
        return infos

    def _selection(self, mapping: Resource) -> Source:
        """Source of what a selector finds of one type: its objects, or the Table or list as a whole."""
        within = self._namespace if mapping.namespaced else ""
        selectors = {"label_selector": self.selector, "field_selector": self.field_selector}

        def read(continue_: str) -> Object:
            client, page = self.ctx.client, {"continue_": continue_, **selectors}
            if self.table:
                return client.table(mapping.versioned, within, limit=self.chunk_size,
                                    include_object=self.include_object, **page)
            return client.list(mapping.versioned, within, limit=self.chunk_size, **page)

        def infos() -> Iterator[Info]:
            continue_ = ""
            while True:
                try:
                    found = read(continue_)
                except StatusError as error:
                    raise _list_error(error, mapping, **selectors) from None
                _require_registered(mapping, "List", self.scheme)
                if self.table or not self.flatten:
                    yield Info(mapping, within, "", found)
                else:
                    items = found["items"][::-1]
                    found["items"] = ()
                    while items:  # of thousands, those that are done with must not stay in memory
                        obj = items.pop()
                        meta = obj["metadata"]
                        yield Info(mapping, meta.get("namespace", ""), meta.get("name", ""), obj)
                continue_ = found["metadata"].get("continue", "")
                if not continue_:
                    return

        return infos


def build(ctx: Context, args: Sequence[str] = (), **settings: Any) -> Result:
    """Select objects (see Builder); raises Failure for arguments that do not fit together."""
    return Builder(ctx, args, **settings).result()


def from_flags(ctx: Context, args: Sequence[str] = (), **options: Any) -> Result:
    """`build` with what the command's flags say: filename, kustomize, recursive, selector, field-selector, all,
    all-namespaces, subresource and local, as far as it has them. `options` go first."""
    flags = ctx.flags
    for name, option in _FLAGS.items():
        if option not in options and name in flags:
            options[option] = flags[name]
    return build(ctx, args, **options)


_FLAGS = {"filename": "filenames", "kustomize": "kustomize", "recursive": "recursive", "selector": "selector",
          "field-selector": "field_selector", "all": "select_all", "all-namespaces": "all_namespaces",
          "subresource": "subresource", "local": "local"}


def mapping_for(ctx: Context, text: str) -> Resource:
    """Return the discovery.Resource of what a user calls a type, or raise Failure."""
    mapping = ctx.client.discovery.find(text)
    if mapping is None or mapping.crd is not None:
        from .discoverycache import find

        mapping = find(ctx, text)
    if mapping is None:
        raise Failure(no_such_type(text.partition(".")[0]))
    if text in mapping.short_names:
        for other in ctx.client.discovery.hidden_by_short_name(text):
            ctx.warn(f'short name "{text}" could also match lower priority resource {other}')
    return mapping


def split_types(text: str) -> list[str]:
    """`a,b,a` -> [a, b] (SplitResourceArgument)."""
    return list(dict.fromkeys(text.split(",")))


def _split_args(ctx: Context, args: list[str], resource: str) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return (types, names, (type, name) pairs)."""
    if resource:
        return [], [], [_pair(arg) if "/" in arg else (resource, arg) for arg in args]
    if len(args) > 1 and len(several := split_types(args[0])) > 1:
        args = [f"{type_}/{name}" for type_ in several for name in args[1:]]
    slashes = sum("/" in arg for arg in args)
    if slashes and slashes == len(args):
        return [], [], [_pair(arg) for arg in args]
    if slashes:
        raise Failure("there is no need to specify a resource type as a separate argument when passing arguments in "
                      f"resource/name form (e.g. '{ctx.name} get resource/<resource_name>' instead of '{ctx.name} get "
                      "resource resource/<resource_name>'")
    if not args:
        return [], [], []
    types = []
    for text in args[0].split(","):
        members = ctx.client.discovery.category(text)
        types += [member.name for member in members] or [text]
    return list(dict.fromkeys(types)), args[1:], []


def _pair(arg: str) -> tuple[str, str]:
    parts = arg.split("/")
    if len(parts) != 2:
        raise Failure("arguments in resource/name form may not have more than one slash")
    if not parts[0] or not parts[1] or len(split_types(parts[0])) != 1:
        raise Failure("arguments in resource/name form must have a single resource and name")
    return parts[0], parts[1]


def _refuse_arguments(types: list[str], names: list[str], pairs: list[tuple[str, str]]) -> None:
    if types:
        raise Failure("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well")
    if names:
        raise Failure("name cannot be provided when a path is specified")
    if pairs:
        raise Failure("resource/name arguments cannot be provided when a path is specified")


def _require_registered(mapping: Resource, suffix: str, scheme: str) -> None:
    """Refuse an object that was read, or with the suffix `List` a list, of a custom kind."""
    if scheme and mapping.crd:
        raise Failure(f'no kind "{mapping.kind}{suffix}" is registered for version "{mapping.api_version}" in scheme '
                      f'"{scheme}"')


def _list_error(error: StatusError, mapping: Resource, label_selector: str, field_selector: str) -> StatusError:
    """Tell what was looked for (resource.EnhanceListError)."""
    from ...go.fmt import quote

    if error.reason not in ("BadRequest", "NotFound"):
        return error
    what = f'"{group_version(mapping)}, Resource={mapping.plural}"'
    if label_selector or field_selector:
        message = f"Unable to find {what} that match label selector {quote(label_selector)}, " \
                  f"field selector {quote(field_selector)}: {error.message}"
    else:
        message = f"Unable to list {what}: {error.message}"
    return StatusError(error.code, error.reason, message, error.status.get("details"))


def _latest(ctx: Context, namespace: str, source: Source, table: bool) -> Source:
    def infos() -> Iterator[Found]:
        for info in source():
            if isinstance(info, Info):
                _set_namespace(info, namespace)
                try:
                    if info.name:
                        info.get(ctx.client, table)
                except _FAILURES as error:
                    yield error
                    continue
            yield info

    return infos


def _alone(info: Info) -> Source:
    return lambda: (info,)


def _filtered(selector: str, source: Source) -> Source:
    from ...go.fmt import quote
    from ...machinery import selectors

    try:
        wanted = selectors.parse(selector)
    except ValueError as error:
        raise Failure(f"the provided selector {quote(selector)} is not valid: {error}") from None

    def infos() -> Iterator[Found]:
        for info in source():
            if not isinstance(info, Info) or selectors.matches(wanted, info.obj.get("metadata", {}).get("labels")):
                yield info

    return infos


def _set_namespace(info: Info, namespace: str) -> None:
    if info.namespaced and not info.namespace and namespace:
        info.namespace = namespace
        _write_namespace(info)


def _require_namespace(info: Info, namespace: str) -> None:
    from ...go.fmt import quote

    if info.namespaced and info.namespace != namespace:
        raise Failure(f"the namespace from the provided object {quote(info.namespace)} does not match the namespace "
                      f"{quote(namespace)}. You must pass '--namespace={info.namespace}' to perform this operation.")


def _filter_namespace(info: Info) -> None:
    if not info.namespaced and info.namespace:
        info.namespace = ""
        _write_namespace(info)


def _write_namespace(info: Info) -> None:
    """Objects from files are the builder's own; those of the server have their namespace already."""
    if info.obj is not None and isinstance(info.obj.get("metadata"), dict):
        if info.namespace:
            info.obj["metadata"]["namespace"] = info.namespace
        else:
            info.obj["metadata"].pop("namespace", None)


