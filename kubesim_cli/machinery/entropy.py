"""A deterministic source of UIDs, name suffixes and other arbitrary choices."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Key, Object


class Entropy:
    """Draws from `state`, a dict with `seed` (text) and `count`, which is kept up to date in place.

    `state["scripted"]` may hold UIDs that are to come out for certain objects: a dict from `resource/key`, as in
    `persistentvolumeclaims/default/data-web-0`, to a list of them, taken in order.
    """

    def __init__(self, state: Object) -> None:
        self.state = state

    def _draw(self) -> bytes:
        from .digest import sha256

        self.state["count"] += 1
        drawn: bytes = sha256(f"{self.state['seed']}/{self.state['count']}".encode("utf-8", "surrogatepass")).digest()
        return drawn

    def number(self, limit: int) -> int:
        """Return a number from 0 to limit - 1."""
        return int.from_bytes(self._draw()[:8], "big") % limit

    def suffix(self, length: int = 5) -> str:
        """Return a suffix as generateName appends it (names.SimpleNameGenerator)."""
        from .names import random_suffix

        return random_suffix(int.from_bytes(self._draw(), "big"), length)

    @property
    def scripted(self) -> dict[str, list[str]]:
        """UIDs that are to come out, by `resource/key`."""
        found: dict[str, list[str]] = self.state.get("scripted", {})
        return found

    def script(self, resource: str, key: Key, uid: str) -> None:
        """Have a UID come out for an object that is yet to be made, after those that were scripted for it before."""
        self.state.setdefault("scripted", {}).setdefault(f"{resource}/{key}", []).append(uid)

    def uid(self, resource: str = "", key: str = "") -> str:
        """Return a version 4 UUID, or the one scripted for this object."""
        scripted = self.scripted
        listed = scripted.get(f"{resource}/{key}")
        if listed:
            uid = listed.pop(0)
            if not listed:
                del scripted[f"{resource}/{key}"]
            return uid
        digest = bytearray(self._draw()[:16])
        digest[6] = digest[6] & 0x0F | 0x40
        digest[8] = digest[8] & 0x3F | 0x80
        text = digest.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
