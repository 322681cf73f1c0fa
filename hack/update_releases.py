"""Renew hack/inputs/releases.json: in which releases fields and resources of the API came and went.

    pip download --no-deps -d WHEELS lightkube-models==1.28.*    (and so on for every release)
    python hack/update_releases.py --models WHEELS

The packages lightkube-models of PyPI hold the OpenAPI models of one release each: a class for each definition with its
fields, and for each resource its group, version, plural, subresources. They come from a server with everything turned
on, so that what stands behind an alpha feature gate is there as well; what the default cluster serves is for
update_resources.py to say.

`fields` maps a definition (group_version.Name) to its fields that came (`since`) or went (`until`, with the field's
`type`) after the oldest release, `resources` maps `groupVersion plural[/subresource]` likewise. `since` is the first
minor release that has it, `until` the first that has it no more. What was there all the time is not listed.
`definitions` holds the fields of whole definitions that went, where they were of a version without alpha or beta.
"""

from __future__ import annotations

import ast
import pathlib
import re
import sys
import zipfile

import datafile

Models = dict[str, dict[str, str]]


def models(wheel: zipfile.ZipFile) -> Models:
    """Return the definitions of a wheel: `core_v1.Pod` -> field -> type (a Python annotation)."""
    found: Models = {}
    for name in wheel.namelist():
        module = re.fullmatch(r"lightkube/models/(\w+)\.py", name)
        if module is None:
            continue
        for node in ast.parse(wheel.read(name)).body:
            if isinstance(node, ast.ClassDef):
                found[f"{module[1]}.{node.name}"] = {
                    ast.unparse(row.target).rstrip("_"): str(row.annotation.value) for row in node.body
                    if isinstance(row, ast.AnnAssign) and isinstance(row.annotation, ast.Constant)}
    return found


def resources(wheel: zipfile.ZipFile) -> set[str]:
    """Return `groupVersion plural[/subresource]` of all resources of a wheel."""
    found = set()
    for name in wheel.namelist():
        if not re.fullmatch(r"lightkube/resources/\w+\.py", name):
            continue
        for node in ast.walk(ast.parse(wheel.read(name))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "res.ApiInfo":
                given = {entry.arg: ast.unparse(entry.value) for entry in node.keywords}
                group, version, _ = re.findall(r"'(.*?)'", given.get("parent", given["resource"]))
                action = f"/{given['action']}" if "action" in given else ""
                found.add(f"{group}/{version} {given['plural']}{action}".replace("'", "").lstrip("/"))
    return found


def read_wheels(folder: pathlib.Path) -> tuple[dict[int, Models], dict[int, set[str]]]:
    """Return the models and the resources of each minor release. Raises FileNotFoundError where there are none."""
    definitions, served = {}, {}
    for path in folder.glob("lightkube_models-1.*.whl"):
        minor = int(path.name.split(".")[1])
        with zipfile.ZipFile(path) as wheel:
            definitions[minor], served[minor] = models(wheel), resources(wheel)
    if not served:
        raise FileNotFoundError(f"no wheels of lightkube-models in {folder}")
    return dict(sorted(definitions.items())), dict(sorted(served.items()))


def span(minors: list[int], every: list[int]) -> dict[str, int]:
    """Return since and until of something that the releases `minors` of `every` have."""
    found = {}
    if minors[0] > every[0]:
        found["since"] = minors[0]
    if minors[-1] < every[-1]:
        found["until"] = minors[-1] + 1
    return found


def make(folder: pathlib.Path) -> datafile.Data:
    """Return the content of releases.json from a folder of wheels."""
    definitions, served = read_wheels(folder)
    every = list(served)
    fields: dict[str, datafile.Data] = {}
    for name in sorted(set().union(*definitions.values())):
        having = [minor for minor in every if name in definitions[minor]]
        for field in dict.fromkeys(field for minor in having for field in definitions[minor][name]):
            minors = [minor for minor in having if field in definitions[minor][name]]
            found: datafile.Data = {**span(minors, having)}
            if "until" in found:
                found["type"] = definitions[minors[-1]][name][field]
            if found:
                fields.setdefault(name, {})[field] = found
    gone = {name: definitions[last][name] for name in sorted(set().union(*definitions.values()))
            if re.search(r"_v\d+\.", name) and name not in definitions[every[-1]]
            for last in [max(minor for minor in every if name in definitions[minor])]}
    spans = {name: span([minor for minor in every if name in served[minor]], every)
             for name in sorted(set().union(*served.values()))}
    return {"releases": every, "fields": fields, "definitions": gone,
            "resources": {name: found for name, found in spans.items() if found}}


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("models", "folder with the wheels of lightkube-models")).parse_args(args)
    made = make(pathlib.Path(options.models))
    first, last = made["releases"][0], made["releases"][-1]
    source = f"lightkube-models (PyPI) of 1.{first} to 1.{last}; hack/update_releases.py"
    return datafile.finish(datafile.RELEASES, datafile.dumps(source, made), options.check)


if __name__ == "__main__":
    sys.exit(main())
