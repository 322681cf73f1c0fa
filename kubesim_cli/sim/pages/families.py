"""Which addresses the cluster of a page has: two families where its listings show IPv6, the range of Services that they
show."""

from __future__ import annotations

import re
from contextlib import suppress

from ...apiserver import settings
from .tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Page

_DUAL = {"service-cluster-ip-range": "10.96.0.0/16,fd00:10:96::/112",
         "cluster-cidr": "10.244.0.0/16,fd00:10:244::/56"}
# Addresses that are a network's own: 2001:db8::4, fd00:10:96::1. ::1 and fe00::0 are every machine's.
_ADDRESS = re.compile(r"(?<![\w:.])(?:2[0-9a-f]{3}|f[cd][0-9a-f]{2}):(?=[0-9a-f:]*::)[0-9a-f:]+(?![\w:])")
_RANGE = re.compile(r"[\d.]+/\d+")
_FAMILIES = re.compile(r"\bIPv4,\s*IPv6\b|\bIPv6,\s*IPv4\b|^\s*- IPv6$", re.M)


def settings_of(page: Page) -> dict[str, str]:
    """Return the settings of the control plane that a page's listings tell of, as `sim reset` has them."""
    found: dict[str, str] = {}
    for command in page.commands:
        lines = command.listing.lines if command.listing else []
        text = "\n".join(lines)
        if _ADDRESS.search(text) or _FAMILIES.search(text):
            return dict(_DUAL)
        for table in tables(lines) if not found and "CIDRS" in text else ():
            for row in (dict(zip(table.columns, cells)) for _, cells in table.rows):
                if row.get("NAME") == "kubernetes" and _RANGE.fullmatch(row.get("CIDRS", "")):
                    with suppress(ValueError):  # what no API server would start with is the page's mistake
                        settings.check(shown := {"service-cluster-ip-range": row["CIDRS"]})
                        settings.check_nodes(shown, max(1, page.nodes))
                        found = shown
    return found
