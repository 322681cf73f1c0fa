"""Names of images, and what a container's image is called afterwards (github.com/distribution/reference)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

LIBRARY = "docker.io/library/"
# Registries under other names, as the start of a name.
_ALIASES = (("index.docker.io/", "docker.io/"), ("registry-1.docker.io/", "docker.io/"),
            ("k8s.gcr.io/", "registry.k8s.io/"), ("gcr.io/google_containers/", "registry.k8s.io/"),
            ("gcr.io/google-containers/", "registry.k8s.io/"))
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_PATH = _LOWER | frozenset("._-")
_TAG = _PATH | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LONGEST_TAG = 128


def split(image: str) -> tuple[str, str, str]:
    """Return (name, tag, digest) of an image, "" for what it does not name."""
    name, _, digest_ = image.partition("@")
    if ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
        return name, tag, digest_
    return name, "", digest_


def _domain(name: str) -> tuple[str, str]:
    """Return (registry, path) of a name without a tag; the registry is "" where it is not named."""
    first, slash, rest = name.partition("/")
    return (first, rest) if slash and ("." in first or ":" in first or first == "localhost") else ("", name)


def repository(image: str) -> str:
    """Return the whole name of an image's repository: docker.io/library/nginx for nginx:1.27."""
    name = split(image)[0]
    domain, path = _domain(name)
    if not domain or (domain.endswith("docker.io") and "/" not in path):
        return f"docker.io/{path}" if "/" in path else LIBRARY + path
    for old, new in _ALIASES:
        if name.startswith(old):
            return new + name[len(old):]
    return name


def invalid(image: str) -> str:
    """Return why an image's name cannot be parsed, "" where it can."""
    name, tag, _ = split(image)
    _, path = _domain(name)
    if path != path.lower():
        library = "" if "/" in name else "library/"
        return f"invalid reference format: repository name ({library}{path}) must be lowercase"
    if not all(_is_component(part) for part in path.split("/")) or len(tag) > LONGEST_TAG or not _TAG.issuperset(tag):
        return "invalid reference format"
    return ""


def _is_component(part: str) -> bool:
    return bool(part) and part[0] in _LOWER and part[-1] in _LOWER and _PATH.issuperset(part)


def digest(text: str) -> str:
    """Return 64 hex digits that are always the same for a text."""
    from ...machinery.digest import sha256

    return sha256(text.encode()).hexdigest()


def container_id(run: str, node: Object) -> str:
    """Return status.containerID of a container's run on a node; the run is told by any name of its own."""
    return f"{'containerd' if _has_containerd(node) else 'docker'}://{digest(run)}"


def image_id(image: str) -> str:
    """Return status.imageID of a container with the image, as Docker has it."""
    name, _, known = split(image)
    return f"docker-pullable://{name}@{known or 'sha256:' + digest(image)}"


def _has_containerd(node: Object) -> bool:
    info = (node.get("status") or {}).get("nodeInfo") or {}
    return bool((info.get("containerRuntimeVersion") or "").startswith("containerd"))


def told(image: str, node: Object) -> Object:
    """Return `image` and `imageID` of the status of a container with the image on a node: containerd knows images by
    their whole names."""
    if not _has_containerd(node):
        return {"image": tagged(image), "imageID": image_id(image)}
    whole = repository(image)
    return {"image": whole + tagged(image)[len(split(image)[0]):],
            "imageID": f"{whole}@{image_id(image).rpartition('@')[2]}"}


def tagged(image: str) -> str:
    """Return the image with the tag that it gets where it names none."""
    return image if "@" in image or ":" in image.rpartition("/")[2] else image + ":latest"


def listed(image: str, size: int) -> Object:
    """Return how a Node's status tells of an image of so many bytes."""
    return {"names": [image_id(image).partition("//")[2], tagged(image)], "sizeBytes": size}


def refused(image: str, failing: list[str]) -> str:
    """Return `repository` or `tag` where one of the whole names `failing` is the image's, without a tag or with its
    tag; "" otherwise."""
    known = repository(image)
    if known in failing:
        return "repository"
    return "tag" if f"{known}:{split(image)[1] or 'latest'}" in failing else ""


def made_up_size(image: str) -> int:
    """Return an image's size in bytes where nothing tells it."""
    return 20_000_000 + int(digest(image)[:8], 16) % 180_000_000
