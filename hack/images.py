"""python hack/images.py: writes kubelet/images/index.json, what is known of images before their files are read.

A test compares it with those files.
"""

from __future__ import annotations

import json
import pathlib

from kubesim_cli.go import yaml
from kubesim_cli.kubelet.images import description, image
from kubesim_cli.kubelet.images.checking import OFFICIAL

FOLDER = pathlib.Path(image.__file__).parent
INDEX = FOLDER / "index.json"


def index() -> str:
    """Return the text of index.json: a line for each file, named without .yaml."""
    library = yaml.load((FOLDER / f"{OFFICIAL}.yaml").read_text(encoding="utf-8"))
    lines = ['"_source": "the files *.yaml beside this; hack/images.py"']
    lines += [f'"{field}": {json.dumps(library[field].split())}' for field in ("official", "words")]
    images = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem != OFFICIAL:
            described = image.parse(path.read_text(encoding="utf-8"))
            known = {field: described[field] for field in description.INDEXED if field in described}
            if "variants" in described:
                known["variants"] = {word: {field: value for field, value in fields.items()
                                            if field in description.INDEXED}
                                     for word, fields in described["variants"].items()}
            if image.Image(described["names"][0], described).shell == "none":
                known["shell"] = "none"
            images.append(f'  "{path.stem}": {json.dumps(known)}')
    lines.append('"images": {\n' + ",\n".join(images) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
