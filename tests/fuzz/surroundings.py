"""Wrong surroundings of a command: its configuration, flags, templates, URLs, environment and streams."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from fuzz.damage import OBJECTS, Case, damaged, torn, written
from fuzz.lines import ARGUMENTS, CONFIG_VERBS, FILES, SIM
from fuzz.seeds import (
    BLOCKING,
    CONFIG,
    FOLDERS,
    KEPT,
    KUBERC,
    KUSTOMIZATION,
    ODD,
    OPTIONS,
    PROGRAMS,
    TEMPLATES,
    URLS,
    VARIABLES,
)

from kubesim_cli.kubectl.cli import commands

if TYPE_CHECKING:
    from random import Random


def kubeconfig(dice: Random) -> Case:
    text: str | bytes = written(dice, damaged(dice, CONFIG, dice.choice([1, 1, 2])))
    if dice.random() < 0.03:
        text = dice.choice([b"\xff\xfe\x00", b"\x80", b"[" * 20_000, b'{"a":' * 20_000, b"", b"null", b"5", b"- a"])
    words = [*dice.choice(CONFIG_VERBS), *dice.choice([["--kubeconfig=@k"]] * 3 + [["--kubeconfig=@k", "--context=x"]])]
    return Case(words, {"k": text})


def kuberc(dice: Random) -> Case:
    text: str | bytes = written(dice, damaged(dice, KUBERC, dice.choice([1, 1, 2])))
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
        "kustomization.yaml": written(dice, damaged(dice, value, dice.choice([1, 2])) if whole < 0.8 else value),
        "r.yaml": written(dice, deployment if whole < 0.7 else damaged(dice, deployment)),
        "p.yaml": written(
            dice,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "dep"},
                "spec": damaged(dice, deployment["spec"]),
            },
        ),
        "e.env": "A=b\n#c\nD\n",
        "j.json": written(dice, damaged(dice, [{"op": "add", "path": "/metadata/labels/x", "value": "y"}])),
        "f.yaml": written(
            dice, damaged(dice, {"namePrefix": [{"path": "metadata/name", "kind": "X"}], "images": [{"path": "a/b"}]})
        ),
        "c/kustomization.yaml": written(
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


def odd(dice: Random) -> str:
    """Return an odd word, at times a torn one. None is a path out of the working folder that something may be written
    to: what runs here is no sandbox."""
    word = dice.choice(ODD)
    return torn(dice, word).lstrip("/") if dice.random() < 0.15 and "/" not in word else word


def flags(dice: Random) -> Case:
    """Any verb with odd values of its flags, and odd arguments."""
    command = dice.choice(commands_of())
    words = command.split()
    known = [name for name in commands.flags_of(command).names() if name not in KEPT]
    for _ in range(dice.choice([0, 0, 1, 1, 2])):
        words.append(odd(dice))
    if dice.random() < 0.7:
        words += dice.choice(ARGUMENTS)
    for _ in range(dice.choice([1, 1, 2, 3])):
        words.append(f"--{dice.choice(known)}" + dice.choice(["=", "=", "=", "=", ""]) + odd(dice))
    if dice.random() < 0.2:
        dice.shuffle(words)
    return Case(
        words, {"f": json.dumps(dice.choice(OBJECTS))}, stdin=dice.choice(["", "y\n", json.dumps(dice.choice(OBJECTS))])
    )


@cache
def commands_of() -> list[str]:
    """Return every command that ends by itself."""
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
    return sorted(name for name in set(found) if name.split()[0] not in BLOCKING)


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
        url += f"{dice.choice('?&')}{dice.choice(OPTIONS)}={odd(dice)}"
    verb = dice.choice(["get", "get", "create", "replace", "delete"])
    body = [] if verb == "get" else ["-f", "@f"]
    return Case([verb, f"--raw={url}", *body], {"f": written(dice, damaged(dice, dice.choice(OBJECTS)))})


def environment(dice: Random) -> Case:
    name = dice.choice(VARIABLES)
    value = odd(dice)
    if name in FOLDERS:
        value = value.strip("/")
    elif name in PROGRAMS:  # they are run, so they are none that do anything
        value = dice.choice(["", "true", "false", "nosuch", "true '", '"', "exit 3", "/", "true | false", "@f"])
    words = dice.choice(
        ["get ns", "get pods -A", "create cm q", "edit cm cm", "diff -f @f", "version", "help", "api-resources",
         "explain pods", "plugin list", "config view", "auth whoami", "sim clock", "sim env"]
    )  # fmt: skip
    return Case(words.split(), {"f": json.dumps(OBJECTS[0])}, environ={name: value})


def sim(dice: Random) -> Case:
    """What only kubesim has, with odd words."""
    words = [odd(dice) if word == "ODD" else word for word in dice.choice(SIM)]
    if dice.random() < 0.3:
        words.insert(dice.randrange(1, len(words) + 1), odd(dice))
    step = {"run": ":", "stdout": "x", "exit": 1, "at": "5s"}  # run by a shell: nothing that does anything
    tutorial = {"start": "2024-01-01T00:00:00Z", "uids": {"pods/x": "u"}, "files": {"a": "b"}, "steps": [step]}
    return Case(["sim", *words], {"f": json.dumps(damaged(dice, tutorial))}, then=[["get", "pods", "-A"]])


def streams(dice: Random) -> Case:
    """A process whose streams are closed, full or hold bytes that are no text."""
    words = dice.choice(
        ["get ns", "get nosuch", "create -f -", "apply -f -", "replace -f - -o yaml", "delete -f -", "edit cm cm",
         "config view", "help", "patch cm cm --patch-file=/dev/stdin", "diff -f -", "apply view-last-applied -f -",
         "sim clock", "sim doctor", "version --client", "auth reconcile -f -", "delete cm cm -i", "completion bash"]
    )  # fmt: skip
    how = dice.choice(
        ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>&1", "</dev/null", "< /",
         "< @b", "< @b >&-", "< @b"]
    )  # fmt: skip
    obj = written(dice, dice.choice(OBJECTS)).encode("utf-8", "surrogatepass")
    junk = dice.choice([b"\xff\xfe" + obj, obj[:50] + b"\x80" + obj[50:], b"\0", obj, b"\xff\xfea\0", b"\x80"])
    return Case(words.split(), {"b": junk}, streams=how)


def files(dice: Random) -> Case:
    """Files of verbs that read others than manifests: texts, patches, env files, folders, things that are no files."""
    verb = dice.choice(FILES)
    name = dice.choice(["f", "f", "f", "d/f", "d/f.yaml"])
    text = dice.choice(
        ["A=b\n", "A\n#\n=x\n", "- op: add\n  path: /data/x\n  value: y\n", '{"data":{"x":"y"}}', "k: v\n", "{{.a}}",
         "A=.a\n.b .c"]
    )  # fmt: skip
    content = torn(dice, text).encode("utf-8", "surrogatepass") if dice.random() < 0.9 else b"\xff\x00\x80"
    others = [f"x=@{name}", "/dev/null", "/nosuch", ".", "d", "a=b=c", "=x", "x=", "*", "[", "d/*"]
    where = dice.choice([f"@{name}"] * 10 + others)
    return Case([word.replace("FILE", where) for word in verb], {name: content, "d/other.json": "{}"})
