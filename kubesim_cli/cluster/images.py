"""A cluster's images: those that are built in, those that its user has added, and those that cannot be pulled."""

from __future__ import annotations

from ..kubelet.images import catalogue, checking, image, names
from ..machinery.objects import key_of
from ..machinery.pods import is_phase_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cluster import Cluster

Invalid = checking.Invalid
_WAITING = ("ErrImagePull", "ImagePullBackOff")


def parse(text: str) -> Object:
    """Return the description of an image in a YAML text; raises Invalid."""
    return image.parse(text)


def short(name: str) -> str:
    """Return a whole name as one writes it: nginx for docker.io/library/nginx."""
    return name.removeprefix(names.LIBRARY).removeprefix("docker.io/")


def listed(cluster: Cluster) -> list[tuple[str, str, str]]:
    """Return (name, tags, origin) of all that is described, by name; origin: built-in, own, or failing."""
    index = catalogue.index()
    built_in = [index[key] for key in index if key.startswith("image ")]
    found = {name: (_tags(each), "built-in") for each in built_in for name in each["names"]}
    found.update({name: (_tags(each), "own") for name, each in cluster.state.own_images.items()})
    found.update(dict.fromkeys(cluster.state.failing_images, ("", "failing")))
    return sorted((short(name), *rest) for name, rest in found.items())


def _tags(described: Object) -> str:
    tags = described.get("tags")
    return "any" if tags is None else " ".join([*map(str, tags.get("versions") or ()), *(tags.get("words") or ())])


def shown(cluster: Cluster, name: str) -> list[tuple[str, str]]:
    """Return what is known of an image, as (what, text); raises Invalid where the name is none."""
    problem = names.invalid(name)
    if problem:
        raise Invalid(f'"{name}": {problem}')
    known = catalogue.of(cluster.client)
    missing, facts = known.missing(name), known.facts(name)
    rows = [("Name", names.repository(name)), ("Tag", names.split(name)[1] or "latest"),
            ("Pull", "fails: " + ("no such repository" if missing == "repository" else "no such tag") if missing else
             f"{known.seconds(name):g}s, {known.size(name)} bytes")]
    if facts is None:
        return [*rows, ("Contents", "not known: it has all programs, and what its pods' commands name")]
    inside = image.of(facts.key)
    described = known.described(name) or {}
    rows += [("Tags", _tags(described)), ("Command", " ".join([*facts.entrypoint, *facts.command])),
             ("User", inside.user), ("Working directory", inside.workdir), ("Shell", inside.shell),
             ("Ports", " ".join(map(str, described.get("ports") or ()))), ("Needs one of", " ".join(facts.needs)),
             ("Stop signal", facts.stop), ("Usage", " ".join(f"{key}={value}" for key, value in facts.usage.items())),
             ("Programs", "all" if inside.programs is None else " ".join(sorted(
                 {each.partition("=")[0].rpartition("/")[2] for each in inside.programs}.union(
                     *inside.applets.values()))))]
    return [(what, text) for what, text in rows if text]


def add(cluster: Cluster, described: Object) -> list[str]:
    """Have an image of the user's own; return its whole names. Raises Invalid."""
    checking.check(described)
    for name in described["names"]:
        problem = names.invalid(name) or ("a tag in a name" if names.split(name)[1] else "")
        if problem:
            raise Invalid(f'"{name}": {problem}')
    whole = [names.repository(name) for name in described["names"]]
    _build(whole[0], described)
    cluster.hold()
    cluster.state.own_images = {**cluster.state.own_images, **dict.fromkeys(whole, described)}
    _look_again(cluster)
    return whole


def load(cluster: Cluster, name: str) -> None:
    """Have an image that comes from nowhere but its user's machine; one that can be pulled is there. Raises Invalid."""
    problem = names.invalid(name)
    if problem:
        raise Invalid(f'"{name}": {problem}')
    if catalogue.of(cluster.client).missing(name):
        add(cluster, {"names": [names.split(name)[0]]})


def image_digest(name: str) -> str:
    """Return the digest of an image, as sha256:..."""
    return names.image_id(name).rpartition("@")[2]


def _build(name: str, described: Object) -> None:
    """See that the files of an image, and of its variants, can be where they are said to be; raise Invalid."""
    from ..kubelet.runtime import rootfs
    from ..kubelet.runtime.kernel.errors import Errno

    known = catalogue.Catalogue({name: described})
    for tag in ("latest", *described.get("variants", {})):
        try:
            rootfs.build(known.key(f"{name}:{tag}"))
        except Errno as error:
            raise Invalid(f"its files cannot be put in their places: {error.message}") from None


def remove(cluster: Cluster, name: str) -> bool:
    """Forget an image of the user's own; return whether there was one."""
    cluster.hold()
    own = dict(cluster.state.own_images)
    found = own.pop(names.repository(name), None) is not None
    cluster.state.own_images = own
    return found


def fail(cluster: Cluster, name: str) -> None:
    """Let pulls of an image fail from now on: of the tag that is named, of all where none is. Raises Invalid."""
    problem = names.invalid(name)
    if problem:
        raise Invalid(f'"{name}": {problem}')
    cluster.hold()
    cluster.state.failing_images = sorted({*cluster.state.failing_images, _whole(name)})


def mend(cluster: Cluster, name: str) -> bool:
    """Let pulls succeed again, and be tried at once; return whether they failed."""
    cluster.hold()
    failing = list(cluster.state.failing_images)
    found = _whole(name) in failing
    if found:
        failing.remove(_whole(name))
        cluster.state.failing_images = failing
        _look_again(cluster)
    return found


def _whole(name: str) -> str:
    tag = names.split(name)[1]
    return f"{names.repository(name)}:{tag}" if tag else names.repository(name)


def _look_again(cluster: Cluster) -> None:
    """Have the kubelets try again for pods that wait for an image."""
    for pod in cluster.client.items("pods"):
        status = pod.get("status") or {}
        states = [each["state"] for each in (*(status.get("initContainerStatuses") or ()),
                                             *(status.get("containerStatuses") or ()))]
        if not is_phase_terminal(status.get("phase")) and any(
                state.get("waiting", {}).get("reason") in _WAITING for state in states):
            cluster.manager.enqueue("kubelet", key_of(pod))
