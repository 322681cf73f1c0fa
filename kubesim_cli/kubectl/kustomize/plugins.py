"""What a kustomization takes from other files than resources: plugins, configurations, charts, CRDs and OpenAPI.

Behaviour: api/internal/target and api/internal/plugins/loader of kustomize. The builtin plugins are those that a
kustomization's own fields stand for.
"""

from __future__ import annotations

from ..failures import Failure
from . import generators, patches, replacements, transformers
from .fieldpaths import configured, merged
from .fieldtypes import Misfit, fitted
from .patches import misconfigured
from .resources import Resource, ResourceSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Json, Object
    from .loader import Loader

_OPENAPI_VERSIONS = ("v1.21.2",)
_CHART_FIELDS = {"chartName": "name", "chartVersion": "version", "chartRepoUrl": "repo",
                 "releaseNamespace": "namespace", "values": "valuesFile", "valuesLocal": "valuesInline"}
_NO_CHART_FIELDS = ("chartHome", "chartRepoName", "helmBin", "helmHome", "extraArgs")


def configure(specs: dict[str, list[Json]], paths: Iterable[Json], loader: Loader) -> dict[str, list[Json]]:
    """Return the transformers' field specs with those of the files in `configurations`. Raises Failure."""
    for path in paths:
        try:
            specs = merged(specs, configured(fitted(_read(path, loader), "TransformerConfig")))
        except Misfit as error:
            raise Failure(f"error unmarshaling JSON: while decoding JSON: {error}") from None
    return specs


def check_openapi(wanted: Object, loader: Loader) -> None:
    """Refuse an `openapi` that cannot be had; what it says of merging is not looked at."""
    if wanted.get("path"):
        loader.load(wanted["path"])
    elif wanted.get("version") and wanted["version"] not in _OPENAPI_VERSIONS:
        raise Failure("the specified OpenAPI version is not built in")


def check_crds(paths: Iterable[Json], loader: Loader) -> None:
    """Refuse `crds` that cannot be read."""
    for path in paths:
        try:
            content = _read(path, loader)
            if not isinstance(content, dict):
                raise Failure(f"unable to parse open API definition from '{path}': error unmarshaling JSON: while "
                              "decoding JSON: json: cannot unmarshal string into Go value of type "
                              "accumulator.nameToApiMap")
        except Failure as error:
            raise Failure(f"loading CRDs [{' '.join(paths)}]: {error}") from None


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
    if field is None:
        raise Failure(f"failed to load generator: {_unknown(plugin)}")
    args = {**_config(plugin), "name": plugin.name, "namespace": plugin.namespace}
    return generators.generate({field: [args]}, loader)


def transform(resources: ResourceSet, plugin: Resource, loader: Loader) -> None:
    """Let a builtin transformer change resources. Raises Failure for any other."""
    refuse(plugin)
    config, fields = _config(plugin), plugin.obj.get("fieldSpecs") or []
    kind = plugin.kind.removesuffix("Transformer")
    if kind == "Prefix":
        transformers.add_prefix(resources, config.get("prefix") or "", fields)
    elif kind == "Suffix":
        transformers.add_suffix(resources, config.get("suffix") or "", fields)
    elif kind == "Label":
        transformers.set_entries(resources, config.get("labels") or {}, fields)
    elif kind == "Annotations":
        transformers.set_entries(resources, config.get("annotations") or {}, fields)
    elif kind == "Namespace":
        transformers.set_namespace(resources, plugin.namespace, fields)
    elif kind == "ImageTag":
        transformers.set_images(resources, [config.get("imageTag") or {}], fields)
    elif kind == "ReplicaCount":
        transformers.set_replicas(resources, [config.get("replica") or {}], fields)
    elif kind == "Patch":
        patches.apply_patches(resources, [config], loader)
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
    return {key: value for key, value in plugin.obj.items()
            if key not in ("apiVersion", "kind", "metadata", "fieldSpecs")}


def _read(path: str, loader: Loader) -> Json:
    from ...go.yaml import YamlError, load

    try:
        return load(loader.load(path).decode("utf-8", "replace")) or {}
    except YamlError as error:
        raise Failure(str(error)) from None
