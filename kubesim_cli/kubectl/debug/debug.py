"""kubectl debug: an ephemeral container in a pod, a changed copy of a pod, or a pod on a node (pkg/cmd/debug)."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery import errors, strategicdiff
from ...machinery.objects import clone
from ...machinery.schema import schema_of
from ...releases.kubectl import does
from ..attach import attach_or_log, show_log
from ..failures import Failure
from ..resource import builder
from ..resource.scheme import KUBECTL
from ..run import IMAGE
from ..util import podcmd
from . import custom, profiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info

_MANAGED_BY = {"app.kubernetes.io/managed-by": "kubectl-debug"}
_STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")


def run(ctx: Context) -> None:
    """kubectl debug (POD | TYPE/NAME) [-it] --image=IMAGE [--copy-to=NAME] [-- COMMAND [args...]]"""
    flags, args, release = ctx.flags, ctx.args, ctx.release
    names, words = args, []
    if 0 <= flags.dash < len(args):
        names, words = args[:flags.dash], args[flags.dash:]
    profiles.check(flags["profile"], release)
    overlay = None
    if "custom" in flags and flags["custom"] != "":
        overlay = custom.read(flags["custom"], release)
    _check(ctx, names, words)
    custom.check(overlay)
    if flags["profile"] == profiles.LEGACY and does("DebugLegacyWarning", release):
        ctx.err(_LEGACY_ENDS if does("DebugLegacyEnds", release) else _LEGACY_WARNING)
    debugging = Debugging(ctx, words, overlay)
    builder.from_flags(ctx, names, resource="pods", continue_on_error=False, scheme=KUBECTL).visit(debugging.visit)


_LEGACY_WARNING = ("--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly "
                   'specify a profile, for example "--profile=general".\n')
_LEGACY_ENDS = ("--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other "
                'profile, for example "--profile=general".\n')


def _check(ctx: Context, names: list[str], words: list[str]) -> None:
    flags = ctx.flags
    image, copy, changes = flags["image"], flags["copy-to"], flags["set-image"]
    if flags.changed("attach") and flags["attach"] and not image and not flags["container"]:
        raise Failure("you must specify --container or create a new container using --image in order to attach.")
    if copy:
        if not image and not changes and not words:
            raise Failure("you must specify --image, --set-image or command arguments.")
        if words and not flags["container"] and not image:
            raise Failure("you must specify an existing container or a new image when specifying args.")
    else:
        for name in ("replace", "same-node", "set-image"):
            if flags[name]:
                raise Failure(f"--{name} may only be used with --copy-to.")
        if not image:
            raise Failure("you must specify --image when not using --copy-to.")
    if image and not IMAGE.fullmatch(image):
        raise Failure(f"invalid image name {quote(image)}: invalid reference format")
    if not names and not flags["filename"]:
        raise Failure("NAME or filename is required for debug")
    if flags["image-pull-policy"] not in ("", "Always", "IfNotPresent", "Never"):
        raise Failure(f"invalid image pull policy: {flags['image-pull-policy']}")
    for name, new in changes.items():
        if not IMAGE.fullmatch(new):
            raise Failure(f"invalid image name {quote(new)} for container {quote(name)}: invalid "
                          "reference format")
    if flags["target"]:
        if copy:
            raise Failure("--target is incompatible with --copy-to. Use --share-processes instead.")
        if not flags["quiet"]:
            ctx.out(f"Targeting container {quote(flags['target'])}. If you don't see processes from this "
                    "container it may be because the container runtime doesn't support this feature.\n")
    if flags["tty"] and not flags["stdin"]:
        raise Failure("-i/--stdin is required for containers with -t/--tty=true")


class Debugging:
    """What is done to each target. `words` stand behind the dash, `overlay` is what --custom says."""

    def __init__(self, ctx: Context, words: list[str], overlay: Object | None):
        self.ctx, self.flags, self.words, self.overlay = ctx, ctx.flags, words, overlay

    def visit(self, info: Info) -> None:
        """Debug one target; raises Failure or StatusError."""
        obj, flags = info.obj, self.flags
        if obj["kind"] not in ("Node", "Pod"):
            told = f"{info.mapping.group}/{info.mapping.version}, Kind={info.mapping.kind}"
            raise Failure(f"{quote(told)} not supported by debug")
        if obj["kind"] == "Node":
            pod, name = self._on_node(obj)
        elif flags["copy-to"]:
            pod, name = self._in_copy(obj)
        else:
            pod, name = self._in_pod(obj)
        attach = flags["attach"] if flags.changed("attach") else flags["stdin"]
        if attach and name:
            self._attach(pod["metadata"], name)

    # Three ways to debug: each returns the pod as it was made, and the name of the debugging container.

    def _on_node(self, node: Object) -> tuple[Object, str]:
        """Make a pod that runs on the node, past the scheduler."""
        ctx, on = self.ctx, node["metadata"]["name"]
        name = self.flags["container"] or "debugger"
        meta: Object = {"name": f"node-debugger-{on}-{ctx.client.suffix()}"}
        self._tell(f"Creating debugging pod {meta['name']} with container {name} on node {on}.\n")
        if does("DebugLabelsNodePods", ctx.release):
            meta["labels"] = dict(_MANAGED_BY)
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {
            "containers": [self._new_container(name)], "nodeName": on, "restartPolicy": "Never",
            "tolerations": [{"operator": "Exists"}]}}
        self._shape(pod, name, "node")
        return ctx.client.create("pods", pod, ctx.namespace), name

    def _in_copy(self, pod: Object) -> tuple[Object, str]:
        """Make a copy of the pod, with one container more or one of its own changed."""
        client, meta, flags = self.ctx.client, pod["metadata"], self.flags
        copied, name = self._copy(pod)
        self._warn_of_user(copied["spec"], copied["spec"]["containers"], name)
        made = client.create("pods", copied, meta.get("namespace", ""))
        if flags["replace"]:
            client.delete("pods", meta.get("name", ""), meta.get("namespace", ""), grace_period=0)
        return made, name

    def _copy(self, pod: Object) -> tuple[Object, str]:
        """Return the copy and the name of its debugging container, "" where only images change."""
        flags, old, release = self.flags, pod["metadata"], self.ctx.release
        meta = {"name": flags["copy-to"], "namespace": old.get("namespace", "")}
        for field in ("annotations", "labels") if does("DebugKeeps", release) else ("annotations",):
            if old.get(field):
                meta[field] = dict(old[field])
        spec = clone(pod["spec"])
        copied = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
        spec.pop("ephemeralContainers", None)
        if flags.changed("share-processes"):
            spec["shareProcessNamespace"] = flags["share-processes"]
        if not flags["same-node"]:
            spec.pop("nodeName", None)
        images, spec["containers"] = flags["set-image"], spec.get("containers") or []
        for each in spec["containers"]:
            image = images.get(each["name"]) or images.get("*")
            if image:
                each["image"] = image
        container = podcmd.find(copied, flags["container"]) if flags["container"] else None
        if container is None:
            if not flags["image"]:
                if images:
                    return copied, ""
                raise Failure("you must specify image when creating new container")
            container = {"name": self._container_name(copied), "terminationMessagePolicy": "File"}
            spec["containers"].append(container)
        if self.words:
            container.pop("args", None)
        self._fill(container)
        self._shape(copied, container["name"], "copy")
        return copied, container["name"]

    def _in_pod(self, pod: Object) -> tuple[Object, str]:
        """Patch an ephemeral container into the pod."""
        ctx, meta = self.ctx, pod["metadata"]
        changed = clone(pod)
        name = self._container_name(pod)
        container = self._new_container(name)
        if self.flags["target"]:
            container["targetContainerName"] = self.flags["target"]
        ephemeral = changed["spec"].setdefault("ephemeralContainers", [])
        ephemeral.append(container)
        self._shape(changed, name, "ephemeral")
        self._warn_of_user(pod["spec"], ephemeral[-1:], name)
        patch = strategicdiff.two_way(pod, changed, schema_of("v1", "Pod", ctx.release))
        made = ctx.client.patch("pods", meta.get("name", ""), patch, "strategic", meta.get("namespace", ""),
                                subresource="ephemeralcontainers")
        return made, name

    # Their containers

    def _new_container(self, name: str) -> Object:
        container: Object = {"name": name, "resources": {}, "terminationMessagePolicy": "File"}
        self._fill(container)
        return container

    def _fill(self, container: Object) -> None:
        """Set what the flags say of a container, in place; what they do not name stays, but for stdin and tty."""
        flags = self.flags
        if self.words:
            container["args" if flags["arguments-only"] else "command"] = self.words
        if flags["env"]:
            container["env"] = [{"name": key, "value": value} if value else {"name": key}
                                for key, value in flags["env"].items()]
        if flags["image"]:
            container["image"] = flags["image"]
        if flags["image-pull-policy"]:
            container["imagePullPolicy"] = flags["image-pull-policy"]
        for field in ("stdin", "tty"):
            if flags[field]:
                container[field] = True
            else:
                container.pop(field, None)

    def _shape(self, pod: Object, name: str, style: str) -> None:
        """Lay the profile and --custom over the pod, in place."""
        ctx, kind = self.ctx, "ephemeralContainers" if style == "ephemeral" else "containers"
        profiles.apply(self.flags["profile"], style, profiles.Subject(pod, name, self.flags, ctx.release))
        if self.overlay is None:
            return
        containers = pod["spec"][kind]
        index = next((i for i, each in enumerate(containers) if each["name"] == name), None)
        if index is None:
            raise Failure(f"unable to find the {name} container in the pod {pod['metadata']['name']}")
        containers[index] = custom.overlaid(containers[index], self.overlay, ctx.release)

    def _container_name(self, pod: Object) -> str:
        """Return the name that -c gives, or one that no container of the pod has."""
        if self.flags["container"]:
            given: str = self.flags["container"]
            return given
        name = ""
        while not name or podcmd.find(pod, name) is not None:
            name = f"debugger-{self.ctx.client.suffix()}"
        self._tell(f"Defaulting debug container name to {name}.\n")
        return name

    def _warn_of_user(self, spec: Object, containers: list[Object], name: str) -> None:
        """Warn where the pod's user is not the one who may use what the profile grants (displayWarning)."""
        container = next((each for each in containers if each["name"] == name), None)
        if container is None or not does("DebugTellsNonRoot", self.ctx.release):
            return
        own = container.get("securityContext") or {}
        granted = own.get("privileged") or (own.get("capabilities") or {}).get("add")
        if (spec.get("securityContext") or {}).get("runAsUser") and granted and own.get("runAsUser") != 0:
            self.ctx.err("Warning: Non-root user is configured for the entire target Pod, and some capabilities "
                         'granted by debug profile may not work. Please consider using "--custom" with a custom '
                         'profile that specifies "securityContext.runAsUser: 0".\n')

    def _tell(self, text: str) -> None:
        if not self.flags["quiet"]:
            self.ctx.out(text)

    # Attaching

    def _attach(self, meta: Object, name: str) -> None:
        """Wait until the container runs, and attach to it (handleAttachPod)."""
        pod, state = self._wait_for(meta, name)
        if "terminated" in state:
            show_log(self.ctx, pod, name)
            return
        container = podcmd.find(pod, name)
        assert container is not None
        attach_or_log(self.ctx, pod, container)

    def _wait_for(self, meta: Object, name: str) -> tuple[Object, Object]:
        """Return the pod and the container's state as soon as that is no longer waiting (waitForContainer)."""
        ctx, seen = self.ctx, ""

        def begun() -> tuple[Object, Object] | None:
            nonlocal seen
            found = ctx.client.list("pods", meta["namespace"], field_selector=f"metadata.name={meta['name']}")["items"]
            if not found:
                raise errors.not_found("pods", "")
            state = _state_of(found[0], name)
            if "running" in state or "terminated" in state:
                return found[0], state
            message = (state.get("waiting") or {}).get("message")
            if message and found[0]["metadata"]["resourceVersion"] != seen and not self.flags["quiet"]:
                ctx.warn(f"container {name}: {message}")
            seen = found[0]["metadata"]["resourceVersion"]
            return None

        done = ctx.wait(begun)
        if done is None:  # a clock that stands still does not wait for ever, as kubectl would
            raise Failure("timed out waiting for the condition")
        return done


def _state_of(pod: Object, name: str) -> Object:
    status = pod.get("status") or {}
    return next((each.get("state") or {} for field in _STATUSES for each in status.get(field) or ()
                 if each["name"] == name), {})
