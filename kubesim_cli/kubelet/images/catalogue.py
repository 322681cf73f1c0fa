"""Which images there are: those that files here describe, the official ones of Docker Hub, and the user's own.

An image of a name without a registry has to be one of the official ones; what has a registry or a user in its name is
there unless it says itself that it is not. Tags are what its description says.
"""

from __future__ import annotations

import os

from ...go.jsontext import Entries, text_of
from . import names
from .description import SLOWEST, Facts, Tags, of_tag, pull_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object

# Words of a name or a tag by which an example says that there is no such image.
NOWHERE = ("doesnotexist", "does-not-exist", "donotexist", "do-not-exist", "nonexist", "non-exist", "notexist",
           "not-exist")
UNKNOWN_USAGE = {"cpu": "1m", "memory": "10Mi"}
IDLE_USAGE = {"cpu": "0m", "memory": "1Mi"}  # of a shell that waits
_index: list[Entries] = []  # of index.json, once it was read


def index() -> Entries:
    """Return what index.json has: `official` (names of Docker Hub's library), `words` of their tags, `repository NAME`
    for each that a file describes, and for each file `image FILE`, what is known of an image without reading that."""
    if not _index:
        _index.append(Entries(text_of(os.path.join(os.path.dirname(__file__), "index.json"))))
    return _index[0]


class Catalogue:
    """`own`: descriptions of the user's own by repository; `failing`: images that cannot be pulled, by a name with its
    tag or without."""

    def __init__(self, own: dict[str, Object] | None = None, failing: list[str] | None = None):
        self._own, self._failing = own or {}, failing or []
        self._facts: dict[str, Facts | None] = {}

    def described(self, image: str) -> Object | None:
        """Return what is known of an image: a description, of a built-in one what the index has."""
        repository = names.repository(image)
        own = self._own.get(repository)
        if own is not None:
            return own
        file = self.file(image)
        return None if file is None else index()[f"image {file}"]

    def file(self, image: str) -> str | None:
        """Return the file here that describes an image, without .yaml."""
        found: str | None = index().get(f"repository {names.repository(image)}")
        return found

    def facts(self, image: str) -> Facts | None:
        """Return what is known of an image without reading its file, None where it is known by its name alone."""
        if image not in self._facts:
            found, tag = self.described(image), names.split(image)[1] or "latest"
            self._facts[image] = None if found is None else Facts(self.key(image), of_tag(found, tag), tag,
                                                                  names.made_up_size(image))
        return self._facts[image]

    def key(self, image: str) -> str:
        """Return a name under which image.of knows what is in an image, for as long as containers have it: the image's
        own, or all that its description says."""
        own = self._own.get(names.repository(image))
        if own is None:
            return image
        from ...go.jsontext import encode

        return encode({"image": image, **own})

    def size(self, image: str) -> int:
        """Return an image's size in bytes."""
        facts = self.facts(image)
        return names.made_up_size(image) if facts is None else facts.size

    def seconds(self, image: str) -> float:
        """Return how long pulling an image takes, to the millisecond; it differs a little from image to image."""
        facts = self.facts(image)
        took = pull_time(names.made_up_size(image)) if facts is None else facts.pull
        return round(min(took * (1 + int(names.digest(image)[:4], 16) % 100 / 1000), SLOWEST), 3)

    def usage(self, image: str) -> dict[str, str]:
        """Return the cpu and memory that a container of an image uses: little, where nothing is told of them."""
        facts = self.facts(image)
        return {**(UNKNOWN_USAGE if facts is None else IDLE_USAGE), **(facts.usage if facts is not None else {})}

    def missing(self, image: str) -> str:
        """Return what of an image no registry has, `repository` or `tag`; "" where it can be pulled."""
        name, tag, digest = names.split(image)
        repository = names.repository(image)
        refused = names.refused(image, self._failing)
        if refused:
            return refused
        if any(word in name for word in NOWHERE):
            return "repository"
        if any(word in tag for word in NOWHERE):
            return "tag"
        described = self.described(image)
        if described is None and repository.startswith(names.LIBRARY):
            if repository[len(names.LIBRARY):] not in index()["official"]:
                return "repository"
            described = {"tags": {"words": index()["words"], "versions": ["0-99999999", "v0-v99999999"]}}
        if described is None or digest:
            return ""
        return "" if Tags(described.get("tags")).have(tag or "latest") else "tag"


BUILT_IN = Catalogue()


def of(api: Any) -> Catalogue:
    """Return the catalogue of the cluster of a client."""
    tally = api.server.tally
    return Catalogue(tally.own_images, tally.failing_images) if tally.own_images or tally.failing_images else BUILT_IN
