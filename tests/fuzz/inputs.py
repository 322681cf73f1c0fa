"""Wrong inputs, made by machine: valid ones with something left out, emptied, retyped, cut or mixed up.

Each area is a function of a dice that returns a Case; the same seed gives the same cases. Words in which `@NAME` stands
get the path of the case's file of that name.
"""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Any, NamedTuple

from fuzz.seeds import (
    BLOCKING,
    CONFIG,
    CONFIG_VERBS,
    DROP,
    KUBERC,
    KUSTOMIZATION,
    MANIFEST_VERBS,
    ODD,
    TEMPLATES,
    URLS,
    WRONG,
)
from ruamel.yaml import YAML

from kubesim_cli.kubectl.cli import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class Case(NamedTuple):
    """One command line with its files (name -> text), stdin and additions to the environment."""

    words: list[str]
    files: dict[str, str | bytes] = {}
    stdin: str = ""
    environ: dict[str, str] = {}


OBJECTS = [
    o
    for o in YAML(typ="safe", pure=True).load_all(
        pathlib.Path(__file__).with_name("objects.yaml").read_text(encoding="utf-8")
    )
    if o
]


def paths(value: Any, above: tuple = ()) -> list[tuple]:
    """Return the paths of all places in a value but the root: keys and indexes."""
    found = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(*above, key), *paths(value[key], (*above, key))]
    return found


def damaged(dice: Random, value: Any, times: int = 1) -> Any:
    """Return a copy of a value in which some places are left out, emptied or retyped."""
    value = json.loads(json.dumps(value))
    for _ in range(times):
        places = paths(value)
        if not places:
            return value
        *above, last = dice.choice(places)
        holder = value
        for key in above:
            holder = holder[key]
        wrong = dice.choice(WRONG)
        if wrong is DROP:
            del holder[last]
        elif isinstance(holder, dict) and dice.random() < 0.05:
            holder[dice.choice(["x", "", "spec", "metadata", "items", "a.b/c"])] = wrong
        else:
            holder[last] = json.loads(json.dumps(wrong))
    return value


def torn(dice: Random, text: str) -> str:
    """Return a text with a few characters cut, doubled or replaced."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        to = min(len(text), at + dice.choice([0, 1, 1, 3, 20]))
        put = dice.choice(
            [
                "",
                "",
                text[at:to] * 2,
                "{",
                "}",
                "[",
                "]",
                '"',
                "'",
                "\\",
                "\n",
                "\t",
                ": ",
                "- ",
                "&a ",
                "*a",
                "!!int ",
                "|",
                ">",
                "#",
                "%",
                "\x00",
                "\x1b",
                "\ufeff",
                "é",
                "\ud800",
                "---\n",
                "...",
                "?",
                ",",
                "1e999",
                "NaN",
                "null",
                "0x",
                ".inf",
                "<<: ",
                "@",
                "`",
                "\u2028",
                "\x85",
            ]
        )
        text = text[:at] + put + text[to:]
    return text


def _written(dice: Random, value: Any) -> str:
    """Return a value as JSON, at times torn."""
    text = json.dumps(value, indent=dice.choice([None, None, 1]), ensure_ascii=dice.random() < 0.5)
    return torn(dice, text) if dice.random() < 0.06 else text


def manifest(dice: Random) -> Case:
    obj = damaged(dice, dice.choice(OBJECTS), dice.choice([1, 1, 1, 2, 3]))
    wrapped = dice.random()
    if wrapped < 0.1:
        obj = {"apiVersion": "v1", "kind": "List", "items": [obj, dice.choice(WRONG[1:])] if wrapped < 0.03 else [obj]}
    elif wrapped < 0.12:
        obj = damaged(dice, {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [obj]})
    return Case([*dice.choice(MANIFEST_VERBS)], {"f": _written(dice, obj)})


def patch(dice: Random) -> Case:
    obj = dice.choice(OBJECTS)
    kind, _, group = obj["kind"].lower(), "", obj["apiVersion"].rpartition("/")[0]
    target = [f"{kind}.{group}" if group else kind, obj.get("metadata", {}).get("name", "x")]
    how = dice.choice(["merge", "strategic", "json"])
    if how == "json":
        operations: Any = []
        for _ in range(dice.randint(1, 3)):
            place = "/" + "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in dice.choice(paths(obj)))
            operations.append(
                {
                    "op": dice.choice(["add", "remove", "replace", "move", "copy", "test"]),
                    "path": place,
                    "from": place[:-1],
                    "value": dice.choice(WRONG[1:]),
                }
            )
        text = _written(dice, damaged(dice, operations) if dice.random() < 0.4 else operations)
    else:
        whole = damaged(dice, obj, dice.choice([1, 2]))
        text = _written(
            dice,
            dice.choice(
                [whole, {"spec": whole.get("spec")}, {"metadata": whole.get("metadata")}, dice.choice(WRONG[1:])]
            ),
        )
    return Case(
        [
            "patch",
            *target,
            f"--type={how}",
            "-p",
            text,
            *dice.choice([[], ["--dry-run=server"], ["--dry-run=client", "-o", "yaml"], ["--subresource=status"]]),
        ]
    )


def kubeconfig(dice: Random) -> Case:
    text: str | bytes = _written(dice, damaged(dice, CONFIG, dice.choice([1, 1, 2])))
    if dice.random() < 0.03:
        text = dice.choice([b"\xff\xfe\x00", b"\x80", b"[" * 20_000, b'{"a":' * 20_000, b"", b"null", b"5", b"- a"])
    words = [*dice.choice(CONFIG_VERBS), *dice.choice([["--kubeconfig=@k"]] * 3 + [["--kubeconfig=@k", "--context=x"]])]
    return Case(words, {"k": text})


def kuberc(dice: Random) -> Case:
    text: str | bytes = _written(dice, damaged(dice, KUBERC, dice.choice([1, 1, 2])))
    if dice.random() < 0.03:
        text = dice.choice([b"\xff\xfe\x00", b"\x80", b"[" * 20_000, b"", b"null", b"5", b"- a"])
    words = dice.choice(
        [
            ["get", "ns"],
            ["gp"],
            ["create", "configmap", "z"],
            ["help", "get"],
            ["kuberc", "view", "--kuberc=@k"],
            ["kuberc", "set", "--kuberc=@k", "--section=defaults", "--command=get", "--option=output=wide"],
            ["kuberc", "set", "--kuberc=@k", "--section=aliases", "--name=gp", "--command=get", "--overwrite"],
        ]
    )
    return Case(
        words,
        {"k": text},
        environ={"KUBERC": "@k", "KUBECTL_KUBERC": "true", "KUBESIM_KUBECTL_VERSION": dice.choice(["1.34", "1.36"])},
    )


def kustomization(dice: Random) -> Case:
    wanted = set(dice.sample(sorted(KUSTOMIZATION), dice.randint(1, 6))) | {"resources"}
    value = {key: item for key, item in KUSTOMIZATION.items() if key in wanted}
    deployment = next(o for o in OBJECTS if o["kind"] == "Deployment")
    whole = dice.random()
    files: dict[str, str | bytes] = {
        "kustomization.yaml": _written(dice, damaged(dice, value, dice.choice([1, 2])) if whole < 0.8 else value),
        "r.yaml": _written(dice, deployment if whole < 0.7 else damaged(dice, deployment)),
        "p.yaml": _written(
            dice,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "dep"},
                "spec": damaged(dice, deployment["spec"]),
            },
        ),
        "e.env": "A=b\n#c\nD\n",
        "j.json": _written(dice, damaged(dice, [{"op": "add", "path": "/metadata/labels/x", "value": "y"}])),
        "f.yaml": _written(
            dice, damaged(dice, {"namePrefix": [{"path": "metadata/name", "kind": "X"}], "images": [{"path": "a/b"}]})
        ),
        "c/kustomization.yaml": _written(
            dice,
            damaged(dice, {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component", "namePrefix": "c-"}),
        ),
    }
    return Case(
        dice.choice(
            [
                ["kustomize", "."],
                ["apply", "-k", ".", "--dry-run=client"],
                ["create", "-k", ".", "--dry-run=server"],
                ["delete", "-k", "."],
                ["get", "-k", "."],
                ["diff", "-k", "."],
            ]
        ),
        files,
    )


def flags(dice: Random) -> Case:
    """Any verb with odd values of its flags, and odd arguments."""
    command = dice.choice([name for name in commands_of() if name.split()[:1] and name.split()[0] not in BLOCKING])
    words = command.split()
    known = [
        name
        for name in commands.flags_of(command).names()
        if name
        not in (
            "kubeconfig",
            "watch",
            "watch-only",
            "cache-dir",
            "help",
            "profile-output",
            "follow",
            "output-directory",
        )
    ]
    for _ in range(dice.choice([0, 0, 1, 1, 2])):
        words.append(dice.choice(ODD))
    if dice.random() < 0.7:
        words += dice.choice(
            [
                ["pods"],
                ["deploy", "dep"],
                ["pod/pod"],
                ["-f", "@f"],
                ["configmap", "cm"],
                ["svc", "svc"],
                ["node", "minikube"],
                ["crd"],
                ["-f", "@f", "-f", "@f"],
                ["sts/sts", "ds/ds"],
                ["all", "-A"],
            ]
        )
    for _ in range(dice.choice([1, 1, 2, 3])):
        words.append(f"--{dice.choice(known)}" + dice.choice(["=", "=", "=", "=", ""]) + dice.choice(ODD))
    if dice.random() < 0.2:
        dice.shuffle(words)
    return Case(
        words, {"f": json.dumps(dice.choice(OBJECTS))}, stdin=dice.choice(["", "y\n", json.dumps(dice.choice(OBJECTS))])
    )


def commands_of() -> list[str]:
    """Return every command that there is."""
    todo, found = [""], []
    while todo:
        name = todo.pop()
        below = (
            [f"{name} {word}".strip() for word in commands.subcommands(name)]
            if not name or commands.subcommands(name)
            else []
        )
        found += [name] if name else []
        todo += below
    return sorted(set(found))


def template(dice: Random) -> Case:
    kind = dice.choice(sorted(TEMPLATES))
    text = dice.choice(TEMPLATES[kind])
    for _ in range(dice.randint(1, 3)):
        other = dice.choice(TEMPLATES[kind])
        at, there = dice.randrange(len(text) + 1), dice.randrange(len(other))
        text = text[:at] + other[there : there + dice.randint(1, 8)] + text[at + dice.choice([0, 1, 3]) :]
    if dice.random() < 0.4:
        text = torn(dice, text)
    return Case(
        ["get", *dice.choice([["cm", "cm"], ["pods"], ["all", "-A"], ["deploy,sts,pods"]]), "-o", f"{kind}={text}"]
    )


def raw(dice: Random) -> Case:
    url = torn(dice, dice.choice(URLS)) if dice.random() < 0.7 else dice.choice(URLS)
    if dice.random() < 0.3:
        url += (
            dice.choice("?&")
            + dice.choice(
                [
                    "limit",
                    "continue",
                    "labelSelector",
                    "fieldSelector",
                    "resourceVersion",
                    "watch",
                    "gracePeriodSeconds",
                    "dryRun",
                    "fieldManager",
                    "timeoutSeconds",
                    "tailLines",
                    "propagationPolicy",
                ]
            )
            + "="
            + dice.choice(ODD)
        )
    verb = dice.choice(["get", "get", "create", "replace", "delete"])
    body = [] if verb == "get" else ["-f", "@f"]
    return Case([verb, f"--raw={url}", *body], {"f": _written(dice, damaged(dice, dice.choice(OBJECTS)))})


def environment(dice: Random) -> Case:
    name = dice.choice(
        [
            "KUBESIM_KUBERNETES_VERSION",
            "KUBESIM_KUBECTL_VERSION",
            "KUBECTL_APPLYSET",
            "KUBE_EDITOR",
            "EDITOR",
            "COLUMNS",
            "TERM",
            "KUBECONFIG",
            "KUBERC",
            "KUBECTL_EXTERNAL_DIFF",
            "PATH",
            "TZ",
            "LANG",
            "HOME",
            "KUBECACHEDIR",
            "KUBECTL_KYAML",
        ]
    )
    words = dice.choice(
        [
            ["get", "ns"],
            ["get", "pods", "-A"],
            ["create", "cm", "q"],
            ["edit", "cm", "cm"],
            ["diff", "-f", "@f"],
            ["version"],
            ["help"],
            ["api-resources"],
            ["explain", "pods"],
            ["plugin", "list"],
        ]
    )
    return Case(
        words, {"f": json.dumps(OBJECTS[0])}, environ={name: dice.choice([odd for odd in ODD if "\0" not in odd])}
    )


def text(dice: Random) -> Case:
    """A torn text of YAML documents."""
    from kubesim_cli.kubectl.printers.yaml import dump

    documents = "---\n".join(dump(dice.choice(OBJECTS)) for _ in range(dice.randint(1, 2)))
    return Case(
        [*dice.choice(MANIFEST_VERBS[:24])],
        {"f": torn(dice, documents).encode("utf-8", "surrogatepass" if dice.random() < 0.1 else "replace")},
    )


AREAS: list[tuple[int, Callable[[Random], Case]]] = [
    (50, manifest),
    (10, patch),
    (7, kubeconfig),
    (5, kuberc),
    (7, kustomization),
    (9, flags),
    (5, template),
    (3, raw),
    (1, environment),
    (3, text),
]


def case(dice: Random, area: str = "") -> tuple[str, Case]:
    """Return the next case and its area's name; `area` wants one."""
    make = (
        next((m for _, m in AREAS if m.__name__ == area), None)
        or dice.choices([m for _, m in AREAS], [w for w, _ in AREAS])[0]
    )
    return make.__name__, make(dice)
