"""Renew the list of Kubernetes' validation functions that docs/validation.md goes through (inputs/validations.txt).

    python hack/update_validations.py --kubernetes CHECKOUT

`FILE:` begins a file's functions, in their order in it. Methods and what tests have are left out.
"""

from __future__ import annotations

import argparse
import pathlib
import re

TARGET = pathlib.Path(__file__).with_name("inputs") / "validations.txt"
HEAD = """# Kubernetes' validation functions, file by file: python hack/update_validations.py writes this list.
"""
EXTENSIONS, MACHINERY = (f"staging/src/k8s.io/{module}/pkg" for module in ("apiextensions-apiserver", "apimachinery"))
PLACES = ("pkg/apis/*/validation/*.go", "pkg/apis/core/v1/validation/*.go",
          f"{EXTENSIONS}/apis/apiextensions/validation/*.go", f"{EXTENSIONS}/apiserver/schema/validation.go",
          f"{EXTENSIONS}/apiserver/schema/*/validation.go", f"{EXTENSIONS}/apiserver/validation/validation.go",
          f"{EXTENSIONS}/apiserver/validation/ratcheting.go", f"{EXTENSIONS}/apiserver/validation/formats.go",
          f"{MACHINERY}/api/validation/*.go", f"{MACHINERY}/api/validation/path/*.go",
          f"{MACHINERY}/apis/meta/v1/validation/*.go", f"{MACHINERY}/apis/meta/internalversion/validation/*.go",
          f"{MACHINERY}/util/validation/*.go",
          "staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/validation/*.go")


def functions(source: str) -> list[str]:
    """Return the names of a Go file's functions, methods aside."""
    return re.findall(r"^func (\w+)", source, re.M)


def listing(root: pathlib.Path) -> str:
    """Return the list for a checkout of kubernetes/kubernetes."""
    parts = [HEAD]
    for place in PLACES:
        for path in sorted(root.glob(place)):
            found = functions(path.read_text(encoding="utf-8"))
            if found and not path.stem.endswith("_test"):
                parts.append("\n".join((f"{path.relative_to(root).as_posix()}:", *found)) + "\n")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubernetes", type=pathlib.Path, required=True, help="a checkout of kubernetes/kubernetes")
    TARGET.write_text(listing(parser.parse_args().kubernetes), encoding="utf-8")


if __name__ == "__main__":
    main()
