"""Wrong inputs, made by machine: each area is a function of a dice that returns a Case; equal dice give equal cases."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from fuzz import surroundings
from fuzz.damage import DROP, OBJECTS, WRONG, Case, damaged, paths, put, target, torn, written
from fuzz.lines import AFTERWARDS, MANIFEST_VERBS, SWEEP_VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

# Each field of each kind, gone wrong in the plainest ways, goes through each of SWEEP_VERBS.
SWEEP_WRONG = [DROP, None, "", {}, [], 5, "x", True, 1.5, [None], {"x": None}]
PLACES = [(obj, path) for obj in OBJECTS for path in paths(obj)]
SWEEP = len(PLACES) * len(SWEEP_WRONG) * len(SWEEP_VERBS)
STRIDE = 15_485_863  # a prime: the cases in a row are far from each other


def manifest(dice: Random) -> Case:
    obj = damaged(dice, dice.choice(OBJECTS), dice.choice([1, 1, 1, 2, 3]))
    wrapped = dice.random()
    if wrapped < 0.1:
        obj = {"apiVersion": "v1", "kind": "List", "items": [obj, dice.choice(WRONG[1:])] if wrapped < 0.03 else [obj]}
    elif wrapped < 0.12:
        obj = damaged(dice, {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [obj]})
    return Case([*dice.choice(MANIFEST_VERBS)], {"f": written(dice, obj)})


def aimed(words: list[str], obj: dict[str, Any]) -> list[str]:
    """Return a command line in which TARGET has become the words that name an object."""
    return [part for word in words for part in (target(obj) if word == "TARGET" else [word])]


def operation(path: tuple[Any, ...], wrong: Any, op: str) -> dict[str, Any]:
    """Return an operation of a JSON patch at a place."""
    place = "/" + "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in path)
    return {"op": op, "path": place, "from": place[:-1], "value": None if wrong is DROP else wrong}


def patch(dice: Random) -> Case:
    obj = dice.choice(OBJECTS)
    how = dice.choice(["merge", "strategic", "json"])
    if how == "json":
        operations: Any = [
            operation(
                dice.choice(paths(obj)),
                dice.choice(WRONG[1:]),
                dice.choice(["add", "remove", "replace", "move", "copy", "test"]),
            )
            for _ in range(dice.randint(1, 3))
        ]
        text = written(dice, damaged(dice, operations) if dice.random() < 0.4 else operations)
    else:
        whole = damaged(dice, obj, dice.choice([1, 2]))
        parts = [whole, {"spec": whole.get("spec")}, {"metadata": whole.get("metadata")}, dice.choice(WRONG[1:])]
        text = written(dice, dice.choice(parts))
    options = dice.choice(
        [[], ["--dry-run=server"], ["--dry-run=client", "-o", "yaml"], ["--subresource=status"],
         ["--subresource=scale"]]
    )  # fmt: skip
    return Case(["patch", *target(obj), f"--type={how}", "-p", text, *options])


def sweep(number: int) -> Case:
    """One of all the cases of a field that is left out, emptied or retyped, and a verb."""
    number, verb = divmod(number * STRIDE % SWEEP, len(SWEEP_VERBS))
    place, wrong = divmod(number, len(SWEEP_WRONG))
    obj, path = PLACES[place]
    odd = SWEEP_WRONG[wrong]
    one = operation(path, odd, "remove" if odd is DROP else "replace")
    files = {"f": json.dumps(put(obj, path, odd)), "j": json.dumps([one])}
    return Case(aimed(SWEEP_VERBS[verb], obj), {**files})


def swept(dice: Random) -> Case:
    return sweep(dice.randrange(SWEEP))


def lived(dice: Random) -> Case:
    """An object with something wrong in it that the server may take all the same, and what is done with it then."""
    obj = dice.choice(OBJECTS)
    files: dict[str, str | bytes] = {name: written(dice, damaged(dice, obj, dice.randint(1, 2))) for name in "fg"}
    first = dice.choice(
        [["create", "-f", "@f", "--validate=false"], ["apply", "-f", "@f"], ["replace", "--force", "-f", "@f"],
         ["apply", "-f", "@f", "--server-side", "--force-conflicts"], ["replace", "-f", "@f"],
         ["patch", "TARGET", "--type=merge", "--patch-file=@f"]]
    )  # fmt: skip
    then = [aimed(dice.choice(AFTERWARDS), obj) for _ in range(dice.randint(1, 4))]
    return Case(aimed(first, obj), files, environ={"KUBE_EDITOR": "cp @g"}, then=then)


def edit(dice: Random) -> Case:
    """An editor that leaves something wrong behind."""
    obj = dice.choice(OBJECTS)
    left = written(dice, damaged(dice, obj, dice.randint(1, 2)))
    if dice.random() < 0.3:
        left = torn(dice, left)
    words = dice.choice(
        [["edit", "TARGET"], ["edit", "TARGET", "-o", "json"], ["edit", "TARGET", "--subresource=status"],
         ["edit", "-f", "@f"], ["create", "-f", "@f", "--edit"], ["apply", "edit-last-applied", "TARGET"],
         ["edit", "TARGET", "--output-patch"], ["edit", "TARGET", "--save-config", "--windows-line-endings"]]
    )  # fmt: skip
    return Case(aimed(words, obj), {"f": json.dumps(obj), "g": left}, environ={"KUBE_EDITOR": "cp @g"})


def text(dice: Random) -> Case:
    """A torn text of YAML documents."""
    from kubesim_cli.kubectl.printers.yaml import dump

    documents = "---\n".join(dump(dice.choice(OBJECTS)) for _ in range(dice.randint(1, 2)))
    content = torn(dice, documents).encode("utf-8", "surrogatepass" if dice.random() < 0.1 else "replace")
    return Case([*dice.choice(MANIFEST_VERBS[:24])], {"f": content})


AREAS: list[tuple[float, Callable[[Random], Case]]] = [
    (35, manifest),
    (15, swept),
    (15, lived),
    (10, patch),
    (2, edit),
    (7, surroundings.kubeconfig),
    (5, surroundings.kuberc),
    (7, surroundings.kustomization),
    (9, surroundings.flags),
    (5, surroundings.template),
    (3, surroundings.raw),
    (1, surroundings.environment),
    (1, surroundings.sim),
    (2, surroundings.files),
    (0.3, surroundings.streams),
    (3, text),
]


def case(seed: int, number: int, area: str = "") -> tuple[str, Case]:
    """Return a case and its area's name. `area` wants one; of "sweep" there are SWEEP cases, whatever the seed."""
    if area == "sweep":
        return area, sweep(number)
    dice = Random(f"{seed}/{number}")
    areas = [each for each in AREAS if area in ("", each[1].__name__)]
    make = dice.choices([m for _, m in areas], [w for w, _ in areas])[0]
    return make.__name__, make(dice)
