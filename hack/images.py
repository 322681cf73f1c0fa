"""python hack/images.py: writes what is made of the descriptions kubelet/images/*.yaml.

index.json has what is known of images before their descriptions are read, descriptions.json has these. A test compares
both with the files.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

from kubesim_cli.go import yaml
from kubesim_cli.kubelet.images import description, image
from kubesim_cli.kubelet.images.checking import OFFICIAL

FOLDER = pathlib.Path(image.__file__).parent
INDEX, DESCRIPTIONS = FOLDER / "index.json", FOLDER / "descriptions.json"
_SOURCE = '"_source": "the files *.yaml beside this; hack/images.py"'


def described() -> dict[str, Any]:
    """Return the descriptions by their files, named without .yaml."""
    return {path.stem: image.parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
            if path.stem != OFFICIAL}


def descriptions() -> str:
    """Return the text of descriptions.json."""
    return _text([_SOURCE, *(f'"{name}": {json.dumps(each)}' for name, each in described().items())])


def index() -> str:
    """Return the text of index.json."""
    library = yaml.load((FOLDER / f"{OFFICIAL}.yaml").read_text(encoding="utf-8"))
    lines = [_SOURCE, *(f'"{field}": {json.dumps(library[field].split())}' for field in ("official", "words"))]
    images = described()
    lines += [f'"repository {name}": "{file}"' for file, each in images.items() for name in each["names"]]
    for file, each in images.items():
        known = {field: each[field] for field in description.INDEXED if field in each}
        if "variants" in each:
            known["variants"] = {word: {field: value for field, value in fields.items() if field in description.INDEXED}
                                 for word, fields in each["variants"].items()}
        if image.Image(each["names"][0], each).shell == "none":
            known["shell"] = "none"
        lines.append(f'"image {file}": {json.dumps(known)}')
    return _text(lines)


def _text(lines: list[str]) -> str:
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    DESCRIPTIONS.write_text(descriptions(), encoding="utf-8")  # first: the index reads them
    INDEX.write_text(index(), encoding="utf-8")
