"""One kustomization: what it takes in, generates and changes, with those below it (api/internal/target)."""

from __future__ import annotations

from ...go.fmt import quote
from ..failures import Failure
from . import fieldtypes, generators, namereferences, patches, plugins, replacements, transformers
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


def build_all(loader: Loader, tell: Callable[[str], None]) -> ResourceSet:
    """Return the resources of a directory in their final order; `tell(text)` gets deprecations. Raises Failure."""
    target = Target(loader, tell)
    try:
        resources = target.accumulate(ResourceSet())
    except RepeatedKey as error:
        raise Failure(f"map[string]interface {{}}(nil): {error}") from None
    for res in resources:
        if res.needs_hash:
            res.remember()
            res.set_name(f"{res.name}-{generators.hash_of(res.obj)}")
    namereferences.update(resources)
    transformers.replace_variables(resources, target.all_variables)
    kept = [res for res in resources if (res.meta.get("annotations") or {}).get(_LOCAL, "false") == "false"]
    resources[:] = kept
    for res in resources:
        res.drop_empty_annotations()
    _sort(resources, target.kustomization.get("sortOptions"))
    if "managedByLabel" in (target.kustomization.get("buildMetadata") or ()):
        for res in resources:
            res.meta.setdefault("labels", {})[_MANAGED_BY] = "kustomize-v5.8.1"
    return resources


class Target:
    """A directory with a kustomization file. `all_variables` are its vars and those of the directories below."""

    def __init__(self, loader: Loader, tell: Callable[[str], None]) -> None:
        self.loader, self.tell = loader, tell
        self.kustomization = self._load()
        self.all_variables: list[Object] = []

    def _load(self) -> Object:
        from ...go.yaml import YamlError, load

        data, _ = self.loader.kustomization()
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
            content[new] = [*content.get(new, ()), *content.pop(old, ())]
            if not content[new]:
                del content[new]
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
        plugins.check_crds(content.get("crds") or (), self.loader)
        plugins.refuse_charts(content)
        for res in generators.generate(content, self.loader):
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
        for plugin in self._plugins("validators"):
            plugins.refuse(plugin)
        self._note_variables()
        return resources

    def _plugins(self, field: str) -> ResourceSet:
        """Return the resources that configure plugins: those in place, then those in files."""
        found, paths = ResourceSet(), []
        for entry in self.kustomization.get(field) or ():
            try:
                found.add_all(parse(entry, field))
            except Failure:
                paths.append(entry)
        for path in paths:
            self._take(found, path)
        return found

    def _generate_more(self, resources: ResourceSet) -> None:
        try:
            for plugin in self._plugins("generators"):
                resources.add_all(plugins.generate(plugin, self.loader))
        except Failure as error:
            raise Failure(f"loading generator plugins: {error}") from None

    def _note_variables(self) -> None:
        own = self.kustomization.get("vars") or []
        names = [variable.get("name", "") for variable in self.all_variables]
        for variable in own:
            if variable.get("name", "") in names:
                told = " ".join(map(transformers.told_variable, own))
                raise Failure(f"merging vars [{told}]: var '{variable.get('name', '')}' already encountered")
            names.append(variable.get("name", ""))
        self.all_variables += own

    def _take(self, resources: ResourceSet, path: str) -> None:
        """Take in a file's resources or, where it is none, a directory's."""
        try:
            try:
                found = parse(self.loader.load(path), path)
            except Malformed as error:
                raise Malformed(f"accumulating resources from '{path}': {error}") from None
            except Failure as error:
                raise Failure(f"accumulating resources from '{path}': {error}") from None
            try:
                resources.add_all(found)
            except Failure as error:
                raise Failure(f"merging resources from '{path}': {error}") from None
        except Malformed:
            raise
        except Failure as no_file:
            try:
                self._directory(resources, self.loader.new(path))
            except Failure as error:
                raise Failure(f"accumulation err='{no_file}': {error}") from None

    def _directory(self, resources: ResourceSet, loader: Loader) -> None:
        below = self._below(loader)
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
            below = self._below(loader)
            kind = below.kustomization["kind"]
            if kind != "Component":
                raise Failure(f"expected kind 'Component' for path '{loader.root}' but got '{kind}'")
            found = below.accumulate(resources)
        except Failure as error:
            raise Failure(f"accumulateDirectory: {quote(str(error))}") from None
        self.all_variables += below.all_variables
        return found

    def _below(self, loader: Loader) -> Target:
        try:
            return Target(loader, self.tell)
        except Failure as error:
            raise Failure(f"couldn't make target for path '{loader.root}': {error}") from None

    def _transform(self, resources: ResourceSet) -> None:
        content, loader = self.kustomization, self.loader
        patches.apply_strategic_merge(resources, content.get("patchesStrategicMerge") or (), loader)
        patches.apply_patches(resources, content.get("patches") or (), loader)
        transformers.set_namespace(resources, content.get("namespace") or "", resources.specs["namespace"])
        transformers.add_prefix(resources, content.get("namePrefix") or "")
        transformers.add_suffix(resources, content.get("nameSuffix") or "")
        transformers.add_labels(resources, content.get("labels") or (), content.get("commonLabels") or {})
        transformers.add_annotations(resources, content.get("commonAnnotations") or {})
        patches.apply_json(resources, content.get("patchesJson6902") or (), loader)
        transformers.set_replicas(resources, content.get("replicas") or (), resources.specs["replicas"])
        transformers.set_images(resources, content.get("images") or (), resources.specs["images"])
        replacements.replace(resources, content.get("replacements") or (), loader)


def _sort(resources: ResourceSet, options: Object | None) -> None:
    """Put resources in the order in which they can be created, or leave them as they came (SortOrderTransformer)."""
    options = {"order": "legacy"} if options is None else options
    order, legacy = options.get("order", ""), options.get("legacySortOptions")
    if order not in ("fifo", "legacy"):
        raise Failure("the field 'sortOptions.order' must be one of [fifo, legacy]")
    if order == "fifo":
        if legacy:
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
