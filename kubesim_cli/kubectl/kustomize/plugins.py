"""What a kustomization takes from other files than resources: plugins, configurations, charts, CRDs and OpenAPI.

Behaviour: api/internal/target and api/internal/plugins/loader of kustomize. The builtin plugins are those that a
kustomization's own fields stand for.
"""

from __future__ import annotations

from ..failures import Failure
from . import generators, patches, replacements, transformers
from .fieldpaths import configured, merged, preferred
from .fieldtypes import Misfit, fitted
from .patches import misconfigured
from .resources import Resource, ResourceSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Json, Object
    from .loader import Loader

_FIELDS = ("prefix", "suffix", "labels", "annotations", "imageTag", "replica", "patch", "path", "target", "options",
           "replacements", "paths", "patches", "jsonOp", "value", "targets", "targetFilePath", "setRoleBindingSubjects",
           "unsetOnly", "name", "namespace", "behavior", "envs", "env", "literals", "files", "type", "cloud",
           "kubernetesService", "serviceAccount")
_DEEPEST = 40  # a definition may refer to itself
_OPENAPI_VERSIONS = ("v1.21.2",)
_CHART_FIELDS = {"chartName": "name", "chartVersion": "version", "chartRepoUrl": "repo",
                 "releaseNamespace": "namespace", "values": "valuesFile", "valuesLocal": "valuesInline"}
_NO_CHART_FIELDS = ("chartHome", "chartRepoName", "helmBin", "helmHome", "extraArgs")


def configure(specs: dict[str, list[Json]], paths: Iterable[Json], loader: Loader) -> dict[str, list[Json]]:
    """Return the transformers' field specs with those of the files in `configurations`. Raises Failure."""
    for path in paths:
        try:
            specs = preferred(specs, configured(fitted(_read(path, loader), "TransformerConfig")))
        except Misfit as error:
            raise Failure(f"error unmarshaling JSON: while decoding JSON: {error}") from None
    return specs


def check_openapi(wanted: Object, loader: Loader) -> None:
    """Refuse an `openapi` that cannot be had; what it says of merging is not looked at."""
    if wanted.get("path"):
        loader.load(wanted["path"])
    elif wanted.get("version") and wanted["version"] not in _OPENAPI_VERSIONS:
        raise Failure("the specified OpenAPI version is not built in")


def with_crds(specs: dict[str, list[Json]], paths: Iterable[Json], loader: Loader) -> dict[str, list[Json]]:
    """Return the field specs with what OpenAPI definitions of custom resources tell of their fields
    (api/internal/accumulator/loadconfigfromcrds.go). Raises Failure."""
    for path in paths:
        try:
            content = _read(path, loader)
            if not isinstance(content, dict):
                raise Failure(f"unable to parse open API definition from '{path}': error unmarshaling JSON: while "
                              "decoding JSON: json: cannot unmarshal string into Go value of type "
                              "accumulator.nameToApiMap")
        except Failure as error:
            raise Failure(f"loading CRDs [{' '.join(paths)}]: {error}") from None
        for name in content:
            if {"kind", "apiVersion", "metadata"} <= set(_properties(content, name)):
                found: dict[str, list[Json]] = {field: [] for field in specs}
                _take_fields(found, content, name, {"kind": name.rpartition(".")[2]}, ())
                specs = merged(specs, found)
    return specs


def _properties(definitions: Object, name: str) -> Object:
    definition = definitions.get(name) or {}
    return ((definition.get("Schema") or definition.get("schema") or {}).get("properties")) or {}


def _take_fields(found: dict[str, list[Json]], definitions: Object, name: str, about: Object,
                 path: tuple[str, ...]) -> None:
    """Add the specs that a definition's properties ask for by their extensions, and those of what it refers to."""
    for field, node in sorted(_properties(definitions, name).items()):
        here = (*path, field)
        spec = {**about, "path": "/".join(here)}
        for extension, kind in (("annotation", "commonAnnotations"), ("label-selector", "commonLabels"),
                                ("identity", "namePrefix")):
            if f"x-kubernetes-{extension}" in node:
                found[kind].append(spec)
        version, kind = (node.get(f"x-kubernetes-object-ref-{what}") for what in ("api-version", "kind"))
        if version and kind:
            key = node.get("x-kubernetes-object-ref-name-key") or "name"
            found["nameReference"].append({"kind": kind, "version": version, "referrers": [
                {**about, "paths": ["/".join((*here, key))]}]})
        if node.get("$ref") and len(here) < _DEEPEST:
            _take_fields(found, definitions, node["$ref"], about, here)


def refuse_charts(kustomization: Object) -> None:
    """Refuse Helm charts, which need --enable-helm and a helm program."""
    charts = [*(kustomization.get("helmCharts") or ()), *map(_chart, kustomization.get("helmChartInflationGenerator")
                                                             or ())]
    if charts:
        raise misconfigured("HelmChartInflationGenerator", charts[0], "must specify --enable-helm")


def _chart(old: Object) -> Object:
    return {_CHART_FIELDS.get(key, key): value for key, value in old.items() if key not in _NO_CHART_FIELDS}


def generate(plugin: Resource, loader: Loader) -> list[Resource]:
    """Return what a builtin generator makes. Raises Failure for any other."""
    field = {"ConfigMapGenerator": "configMapGenerator", "SecretGenerator": "secretGenerator"}.get(plugin.kind)
    if not _is_builtin(plugin):
        raise Failure(f"failed to load generator: {_external(plugin)}")
    config = _config(plugin)
    if plugin.kind == "IAMPolicyGenerator":
        return [generators.cloud_account(config)]
    if plugin.kind == "HelmChartInflationGenerator":
        raise misconfigured(plugin.kind, config, "must specify --enable-helm")
    if field is None:
        raise Failure(f"failed to load generator: {_unknown(plugin)}")
    args = {**config, "name": config.get("name") or plugin.name,
            "namespace": config.get("namespace") or plugin.namespace}
    return generators.generate({field: [args]}, loader)


def transform(resources: ResourceSet, plugin: Resource, loader: Loader) -> None:
    """Let a builtin transformer change resources. Raises Failure for any other."""
    refuse(plugin)
    config, fields = _config(plugin), plugin.obj.get("fieldSpecs") or []
    kind = plugin.kind.removesuffix("Transformer")
    if kind in ("Prefix", "PrefixSuffix"):
        transformers.add_prefix(resources, config.get("prefix") or "", fields)
    if kind in ("Suffix", "PrefixSuffix"):
        transformers.add_suffix(resources, config.get("suffix") or "", fields)
    elif kind == "Prefix":
        return
    elif kind == "Label":
        transformers.set_entries(resources, config.get("labels") or {}, fields)
    elif kind == "Annotations":
        transformers.set_entries(resources, config.get("annotations") or {}, fields)
    elif kind == "Namespace":
        transformers.set_namespace(resources, plugin.namespace, fields, config.get("setRoleBindingSubjects") or "",
                                   bool(config.get("unsetOnly")))
    elif kind == "ImageTag":
        transformers.set_images(resources, [fitted(config.get("imageTag") or {}, "Image")], fields)
    elif kind == "ReplicaCount":
        transformers.set_replicas(resources, [config.get("replica") or {}], fields)
    elif kind == "Patch":
        patches.apply_patches(resources, [config], loader)
    elif kind == "PatchStrategicMerge":
        patches.apply_strategic_merge(resources, config.get("paths") or (), loader, config.get("patches") or "")
    elif kind == "PatchJson6902":
        patches.apply_json(resources, [{"patch" if key == "jsonOp" else key: value for key, value in config.items()}],
                           loader)
    elif kind == "Hash":
        generators.add_hashes(resources)
    elif kind == "ValueAdd":
        transformers.add_value(resources, config, loader)
    elif kind == "Replacement":
        replacements.replace(resources, config.get("replacements") or (), loader)
    else:
        raise Failure(_unknown(plugin))


def refuse(plugin: Resource) -> None:
    """Refuse a plugin that is not builtin; kubectl never runs any."""
    if not _is_builtin(plugin):
        raise Failure(_external(plugin))


def _is_builtin(plugin: Resource) -> bool:
    return plugin.obj.get("apiVersion") == "builtin"


def _external(plugin: Resource) -> str:
    return f"external plugins disabled; unable to load external plugin '{plugin.kind}'"


def _unknown(plugin: Resource) -> str:
    return f"unable to load builtin {plugin.kind}.builtin.[noGrp]"


def _config(plugin: Resource) -> Object:
    """What a plugin is told; names of fields are found in any case, as Go finds them."""
    known = {field.lower(): field for field in _FIELDS}
    return {known.get(key.lower(), key): value for key, value in plugin.obj.items()
            if key not in ("apiVersion", "kind", "metadata", "fieldSpecs")}


def _read(path: str, loader: Loader) -> Json:
    from ...go.yaml import YamlError, load

    try:
        return load(loader.load(path).decode("utf-8", "replace")) or {}
    except YamlError as error:
        raise Failure(str(error)) from None
