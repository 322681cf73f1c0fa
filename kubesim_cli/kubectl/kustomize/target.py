"""One kustomization: what it takes in, generates and changes, with those below it (api/internal/target)."""

from __future__ import annotations

from ...go.fmt import quote
from ..failures import Failure
from . import fieldtypes, generators, namereferences, origins, patches, plugins, replacements, transformers, variables
from .loader import Loader
from .resources import Malformed, RepeatedKey, ResourceSet, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from .resources import Resource


_VERSION, _COMPONENT_VERSION = "kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1alpha1"
_FIX = " Run 'kustomize edit fix' to update your Kustomization automatically."
_DEPRECATED = (("bases", "resources", ""), ("commonLabels", "labels", ""), ("imageTags", "images", ""),
               ("patchesJson6902", "patches", ""), ("patchesStrategicMerge", "patches", ""),
               ("vars", "replacements", " [EXPERIMENTAL]"))
_FIRST = ("Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
          "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret",
          "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim",
          "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget")
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_LOCAL = "config.kubernetes.io/local-config"
_MANAGED_BY = "app.kubernetes.io/managed-by"


def build_all(loader: Loader, tell: Callable[[str], None], log: Callable[[str], None]) -> ResourceSet:
    """Return the resources of a directory in their final order; `tell(text)` gets deprecations, `log(text)` what Go's
    log package does. Raises Failure."""
    target = Target(loader, tell)
    metadata = target.kustomization.get("buildMetadata") or ()
    target.place = "" if metadata else None
    try:
        resources = target.accumulate(ResourceSet())
    except RepeatedKey as error:
        raise Failure(f"map[string]interface {{}}(nil): {error}") from None
    generators.add_hashes(resources)
    namereferences.update(resources)
    variables.replace_variables(resources, target.all_variables, log)
    kept = [res for res in resources if (res.meta.get("annotations") or {}).get(_LOCAL, "false") == "false"]
    resources[:] = kept
    for res in resources:
        res.tidy_annotations()
    _sort(resources, target.kustomization.get("sortOptions"))
    origins.annotate(resources, metadata)
    if "managedByLabel" in metadata:
        for res in resources:
            res.meta.setdefault("labels", {})[_MANAGED_BY] = "kustomize-v5.8.1"
    return resources


class Target:
    """A directory with a kustomization file. `all_variables` are its vars and those of the directories below, each with
    the resource that it means; `place` is its path from the directory that is built, None where origins are not noted.
    """

    def __init__(self, loader: Loader, tell: Callable[[str], None], place: str | None = None) -> None:
        self.loader, self.tell, self.place, self.file = loader, tell, place, ""
        self.kustomization = self._load()
        self.all_variables: list[tuple[Object, Resource | None]] = []

    def _load(self) -> Object:
        from ...go.yaml import YamlError, load

        data, self.file = self.loader.kustomization()
        try:
            read = load(data.decode("utf-8", "replace"))
        except YamlError as error:
            raise Failure(f"invalid Kustomization: {error}") from None
        try:
            content: Object = fieldtypes.fitted({} if read is None else read)
        except fieldtypes.Misfit as error:
            raise Failure(f"invalid Kustomization: {error}") from None
        for old, new, label in _DEPRECATED:
            if content.get(old) is not None:
                self.tell(f"# Warning: '{old}' is deprecated. Please use '{new}' instead.{label}{_FIX}\n")
        kind = content.setdefault("kind", "Kustomization")
        version = _COMPONENT_VERSION if kind == "Component" else _VERSION
        given = content.setdefault("apiVersion", version)
        for new, old in (("resources", "bases"), ("images", "imageTags")):
            if more := content.pop(old, None):
                content[new] = [*(content.get(new) or ()), *more]
        if not set(content) - {"kind", "apiVersion"}:
            raise Failure("kustomization.yaml is empty")
        wrong = [] if kind in ("Kustomization", "Component") else ["kind should be Kustomization or Component"]
        if given != version:
            wrong.append(f"apiVersion for {kind} should be {version}")
        if wrong:
            raise Failure(f"Failed to read kustomization file under {self.loader.root}:\n" + "\n".join(wrong))
        return content

    def accumulate(self, resources: ResourceSet) -> ResourceSet:
        """Return `resources` with what this kustomization adds to them and makes of them."""
        content = self.kustomization
        plugins.check_openapi(content.get("openapi") or {}, self.loader)
        try:
            for path in content.get("resources") or ():
                self._take(resources, path)
        except Failure as error:
            raise Failure(f"accumulating resources: {error}") from None
        resources.specs = plugins.configure(resources.specs, content.get("configurations") or (), self.loader)
        resources.specs = plugins.with_crds(resources.specs, content.get("crds") or (), self.loader)
        plugins.refuse_charts(content)
        for res in generators.generate(content, self.loader):
            origins.made((res,), self._by(f"{res.kind}Generator"))
            try:
                resources.absorb(res)
            except Failure as error:
                raise Failure(f"merging from generator &{{<nil> <nil>}}: {error}") from None
        self._generate_more(resources)
        try:
            for path in content.get("components") or ():
                resources = self._component(resources, path)
        except Failure as error:
            raise Failure(f"accumulating components: {error}") from None
        self._transform(resources)
        for plugin in self._plugins("transformers"):
            plugins.transform(resources, plugin, self.loader)
            origins.changed(resources, origins.plugin(plugin))
        for plugin in self._plugins("validators"):
            plugins.refuse(plugin)
        self._note_variables(resources)
        return resources

    def _plugins(self, field: str) -> ResourceSet:
        """Return the resources that configure plugins: those in place, then those in files."""
        found, paths = ResourceSet(), []
        for entry in self.kustomization.get(field) or ():
            try:
                inline = parse(entry, field)
            except Failure:
                paths.append(entry)
                continue
            origins.of_file(inline, self.place, self.file)
            found.add_all(inline)
        for path in paths:
            self._take(found, path)
        return found

    def _generate_more(self, resources: ResourceSet) -> None:
        try:
            wanted = self._plugins("generators")
            made = [(plugin, plugins.generate(plugin, self.loader)) for plugin in wanted]
        except Failure as error:
            raise Failure(f"loading generator plugins: {error}") from None
        for plugin, found in made:
            origins.made(found, origins.plugin(plugin))
            try:
                for res in found:
                    resources.absorb(res)
            except Failure as error:
                raise Failure(f"merging from generator &{{<nil> <nil>}}: {error}") from None

    def _note_variables(self, resources: ResourceSet) -> None:
        own = self.kustomization.get("vars") or []
        names = [variable.get("name", "") for variable, _ in self.all_variables]
        for variable in own:
            if variable.get("name", "") in names:
                told = " ".join(map(variables.told_variable, own))
                raise Failure(f"merging vars [{told}]: var '{variable.get('name', '')}' already encountered")
            names.append(variable.get("name", ""))
        self.all_variables += [variables.bound(variable, resources) for variable in own]

    def _take(self, resources: ResourceSet, path: str) -> None:
        """Take in a file's resources or, where it is none, a directory's."""
        try:
            try:
                found = parse(self.loader.load(path), path)
            except Malformed as error:
                raise Malformed(f"accumulating resources from '{path}': {error}") from None
            except Failure as error:
                raise Failure(f"accumulating resources from '{path}': {error}") from None
            origins.of_file(found, self.place, path)
            try:
                resources.add_all(found)
            except Failure as error:
                raise Failure(f"merging resources from '{path}': {error}") from None
        except Malformed:
            raise
        except Failure as no_file:
            try:
                self._directory(resources, self.loader.new(path), path)
            except Failure as error:
                raise Failure(f"accumulation err='{no_file}': {error}") from None

    def _directory(self, resources: ResourceSet, loader: Loader, path: str) -> None:
        below = self._below(loader, path)
        if below.kustomization["kind"] == "Component":
            raise Failure(f"expected kind != 'Component' for path '{loader.root}'")
        try:
            found = below.accumulate(ResourceSet())
        except Failure as error:
            raise Failure(f"recursed accumulation of path '{loader.root}': {error}") from None
        try:
            resources.add_all(found)
        except Failure as error:
            raise Failure(f"recursed merging from path '{loader.root}': {error}") from None
        self.all_variables += below.all_variables

    def _component(self, resources: ResourceSet, path: str) -> ResourceSet:
        try:
            loader = self.loader.new(path)
        except Failure as error:
            raise Failure(f"loader.New {quote(str(error))}") from None
        try:
            below = self._below(loader, path)
            kind = below.kustomization["kind"]
            if kind != "Component":
                raise Failure(f"expected kind 'Component' for path '{loader.root}' but got '{kind}'")
            found = below.accumulate(resources)
        except Failure as error:
            raise Failure(f"accumulateDirectory: {quote(str(error))}") from None
        self.all_variables += below.all_variables
        return found

    def _below(self, loader: Loader, path: str) -> Target:
        try:
            return Target(loader, self.tell, origins.below(self.place, path))
        except Failure as error:
            raise Failure(f"couldn't make target for path '{loader.root}': {error}") from None

    def _by(self, kind: str) -> Object | None:
        return origins.builtin(self.place, self.file, kind)

    def _transform(self, resources: ResourceSet) -> None:
        content, loader, specs = self.kustomization, self.loader, resources.specs
        given = {field: content.get(field) or () for field in (
            "patchesStrategicMerge", "patches", "labels", "patchesJson6902", "replicas", "images", "replacements")}
        common, annotations = content.get("commonLabels") or {}, content.get("commonAnnotations") or {}
        namespace, prefix, suffix = (content.get(field) or "" for field in ("namespace", "namePrefix", "nameSuffix"))

        def done(kind: str, times: int = 1) -> None:
            for _ in range(times):
                origins.changed(resources, self._by(kind))

        patches.apply_strategic_merge(resources, given["patchesStrategicMerge"], loader)
        done("PatchStrategicMergeTransformer", bool(given["patchesStrategicMerge"]))
        patches.apply_patches(resources, given["patches"], loader)
        done("PatchTransformer", len(given["patches"]))
        transformers.set_namespace(resources, namespace, specs["namespace"])
        done("NamespaceTransformer", bool(namespace))
        transformers.add_prefix(resources, prefix, specs["namePrefix"])
        done("PrefixTransformer", bool(prefix))
        transformers.add_suffix(resources, suffix, specs["nameSuffix"])
        done("SuffixTransformer", bool(suffix))
        transformers.add_labels(resources, given["labels"], common)
        done("LabelTransformer", len(given["labels"]) + bool(common))
        transformers.add_annotations(resources, annotations)
        done("AnnotationsTransformer", bool(annotations))
        patches.apply_json(resources, given["patchesJson6902"], loader)
        done("PatchJson6902Transformer", len(given["patchesJson6902"]))
        transformers.set_replicas(resources, given["replicas"], specs["replicas"])
        done("ReplicaCountTransformer", len(given["replicas"]))
        transformers.set_images(resources, given["images"], specs["images"])
        done("ImageTagTransformer", len(given["images"]))
        replacements.replace(resources, given["replacements"], loader)
        done("ReplacementTransformer", bool(given["replacements"]))


def _sort(resources: ResourceSet, options: Object | None) -> None:
    """Put resources in the order in which they can be created, or leave them as they came (SortOrderTransformer)."""
    options = {"order": "legacy"} if options is None else options
    order, legacy = options.get("order", ""), options.get("legacySortOptions")
    if order not in ("fifo", "legacy"):
        raise Failure("the field 'sortOptions.order' must be one of [fifo, legacy]")
    if order == "fifo":
        if legacy is not None:
            raise Failure("the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not "
                          "'legacy'")
        return
    first = (legacy or {"orderFirst": _FIRST}).get("orderFirst") or ()
    last = (legacy or {"orderLast": _LAST}).get("orderLast") or ()
    ranks = {kind: index - len(first) for index, kind in enumerate(first)}
    ranks.update((kind, index + 1) for index, kind in enumerate(last))

    def place(res: Resource) -> tuple[int, str, str]:
        identity = res.id
        kind = f"{identity.group or '~G'}_{identity.version or '~V'}_{identity.kind or '~K'}"
        return ranks.get(identity.kind, 0), kind, f"{identity.namespace or '~X'}|{identity.name or '~N'}"

    resources.sort(key=place)
