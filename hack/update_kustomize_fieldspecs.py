"""Renew the fields that kustomize's transformers visit (kustomize/fieldspecs.json).

    python hack/update_kustomize_fieldspecs.py --kubernetes CHECKOUT

They are YAML in constants of sigs.k8s.io/kustomize/api/internal/konfig/builtinpluginconsts, read in the version that
kubectl carries (the checkout's vendor/). Those of `replicas` stand in the order of their kinds, as kustomize sorts and
tells them; with the others the order of the constants makes no difference.
"""

from __future__ import annotations

import pathlib
import re
import sys
from collections.abc import Callable

import apisource
import datafile

KUSTOMIZE = pathlib.Path("vendor", "sigs.k8s.io", "kustomize")
CONSTANTS = KUSTOMIZE / "api" / "internal" / "konfig" / "builtinpluginconsts"
# The transformers that kubesim has.
TRANSFORMERS = ("commonLabels", "templateLabels", "commonAnnotations", "namespace", "replicas", "images",
                "varReference", "nameReference")
_CONSTANT = re.compile(r"(\w+FieldSpecs)\s*=\s*((?:\w+\s*\+\s*)*`[^`]*`(?:\s*\+\s*\w+)*)")
_KEYS = ("path", "group", "version", "kind")


def constants(root: pathlib.Path) -> dict[str, list[datafile.Data]]:
    """Return the field specs of all transformers as kustomize writes them."""
    from ruamel.yaml import YAML

    written: dict[str, str] = {}  # a constant's name -> the pieces that it is made of, as Go writes them
    for path in sorted((root / CONSTANTS).glob("*.go")):
        written.update(_CONSTANT.findall(path.read_text(encoding="utf-8")))
    found: dict[str, list[datafile.Data]] = {}
    for pieces in written.values():
        loaded = YAML(typ="safe", pure=True).load(_text(pieces, written))
        if isinstance(loaded, dict):
            found.update(loaded)
    return found


def _text(pieces: str, written: dict[str, str]) -> str:
    """Return the value of a constant, given as backquoted texts and names of other constants with `+` between."""
    return "".join(piece[1:-1] if piece[0] == "`" else _text(written[piece], written)
                   for piece in re.findall(r"`[^`]*`|\w+", pieces))


def spec(entry: datafile.Data) -> datafile.Data:
    """Return a field spec without what is empty or false."""
    made = {key: entry[key] for key in _KEYS if entry.get(key)}
    return {**made, "create": True} if entry.get("create") else made


def reference(entry: datafile.Data) -> datafile.Data:
    """Return whom a name belongs to and who refers to it, the paths of one referrer together."""
    referrers: list[datafile.Data] = []
    for each in entry["fieldSpecs"]:
        who = {key: each[key] for key in _KEYS[1:] if each.get(key)}
        known = next((one for one in referrers if {k: v for k, v in one.items() if k != "paths"} == who), None)
        if known is None:
            referrers.append({**who, "paths": [each["path"]]})
        elif each["path"] not in known["paths"]:
            known["paths"].append(each["path"])
    return {**{key: entry[key] for key in _KEYS[1:] if entry.get(key)}, "referrers": referrers}


def by_kind(root: pathlib.Path) -> Callable[[datafile.Data], tuple[int, str, str, str]]:
    """Return the key that sorts field specs as kustomize does (kyaml/resid, Gvk.IsLessThan)."""
    text = (root / KUSTOMIZE / "kyaml" / "resid" / "gvk.go").read_text(encoding="utf-8")
    first, last = (re.findall(r'"(\w+)"', text.partition(f"var {name} = ")[2].partition("}")[0])
                   for name in ("orderFirst", "orderLast"))
    rank = {**{kind: i - len(first) for i, kind in enumerate(first)}, **{kind: i + 1 for i, kind in enumerate(last)}}
    return lambda entry: (rank.get(entry["kind"], 0), entry.get("group") or "~G", entry.get("version") or "~V",
                          entry["kind"])


def cluster_scoped(root: pathlib.Path) -> list[str]:
    """Return `apiVersion kind` of what kustomize knows to have no namespace (precomputedIsNamespaceScoped)."""
    text = (root / KUSTOMIZE / "kyaml" / "openapi" / "openapi.go").read_text(encoding="utf-8")
    return sorted(" ".join(pair) for pair in re.findall(r'APIVersion: "([^"]+)", Kind: "(\w+)"\}: +false', text))


def make(root: pathlib.Path) -> datafile.Data:
    """Return the content of fieldspecs.json."""
    found = constants(root)
    found["replicas"].sort(key=by_kind(root))
    specs = {name: [(reference if name == "nameReference" else spec)(entry) for entry in found[name]]
             for name in TRANSFORMERS}
    return {**specs, "clusterScoped": cluster_scoped(root)}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("kubernetes", "checkout of kubernetes/kubernetes")).parse_args(args)
    root = pathlib.Path(options.kubernetes)
    source = f"{apisource.vendored(root, 'sigs.k8s.io/kustomize/api')}; hack/update_kustomize_fieldspecs.py"
    return datafile.finish(datafile.FIELD_SPECS, datafile.dumps(source, make(root)), options.check)


if __name__ == "__main__":
    sys.exit(main())
