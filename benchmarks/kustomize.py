"""python benchmarks/kustomize.py CHECKOUT [--show N] [NAME...]: kustomize's own tests, as far as they can be read.

CHECKOUT is a checkout of kubernetes-sigs/kustomize, which stays outside of this repository. From the Go tests in
api/krusty and plugin/builtin come files and what is expected of them: `th.WriteK`, `th.WriteF`, `th.Run`, what
`th.Assert...` and `assert.` compare with. Tests whose texts are put together by code, that look at kustomize's own
notes, that need the network, helm or plugins of their own are left out and counted. `--show N` prints the first N
differences.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
_TOKEN = re.compile(r"""`[^`]*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|//[^\n]*|/\*.*?\*/|[A-Za-z_][\w.]*|[^\s]""", re.S)
_NEEDS = re.compile(r"MakeOptionsPluginsEnabled|helm|Helm|BuildGoPlugin|PrepExecPlugin|https?://github|git@|\?ref="
                    r"|LoadRestrictions|MakeEnhancedHarness\(t\)\.With|fnplugin|t\.Skip|WriteLegacyConfigs|ReorderOption"
                    r"|AddManagedbyLabel|internal\.config\.kubernetes\.io|LoadAndRunGenerator|RunTransformerFromResMap")
Strings = dict[str, str]


class Unread(Exception):
    """A test that cannot be read; the text says why."""


def tokens(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if not token.startswith(("//", "/*"))]


def text_of(expression: list[str], known: Strings) -> str:
    """The value of an expression of string literals and constants; raises Unread."""
    parts = []
    for number, token in enumerate(expression):
        if number % 2:
            if token != "+":
                raise Unread("texts put together by code")
        elif token[0] == "`":
            parts.append(token[1:-1])
        elif token[0] == '"':
            parts.append(re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), token[1:-1]))
        elif token in known:
            parts.append(known[token])
        else:
            raise Unread("texts put together by code")
    if not parts:
        raise Unread("texts put together by code")
    return "".join(parts)


def calls(stream: list[str]) -> Iterator[tuple[str, list[list[str]], int]]:
    """Yield (function, arguments, position) of every call, and ("=", [[name], expression], position) of assignments."""
    for at, token in enumerate(stream):
        if at + 1 < len(stream) and stream[at + 1] == "(" and re.match(r"[A-Za-z_]", token):
            arguments = _arguments(stream, at + 2)
            yield token, arguments, at
        elif token in ("=", ":") and at and re.match(r"\w+$", stream[at - 1]):
            start = at + (2 if token == ":" else 1)
            if token == ":" and stream[at + 1:at + 2] != ["="]:
                continue
            expression = []
            for each in stream[start:]:
                if expression and expression[-1] != "+" and each != "+":
                    break
                expression.append(each)
            yield "=", [[stream[at - 1]], expression], at


def _arguments(stream: list[str], at: int) -> list[list[str]]:
    found: list[list[str]] = [[]]
    depth = 0
    while at < len(stream):
        token = stream[at]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            if not depth:
                break
            depth -= 1
        elif token == "," and not depth:
            found.append([])
            at += 1
            continue
        found[-1].append(token)
        at += 1
    return [each for each in found if each]


class Case:
    """One build: `files` by path, the folder that is built, what comes of it (`expected`, or parts of the error)."""

    def __init__(self, name: str, files: Strings, folder: str) -> None:
        self.name, self.files, self.folder = name, dict(files), folder
        self.expected: str | None = None
        self.error: list[str] = []
        self.whole_error: str | None = None


HEADS = {"WriteK": "\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
         "WriteC": "\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"}


def written(body: str, known: Strings, helpers: Strings, files: Strings) -> None:
    """Add the files that a function of the tests' own writes."""
    known = dict(known)
    for function, arguments, _ in calls(tokens(body)):
        _note(function, arguments, known, helpers, files)


def _note(function: str, arguments: list[list[str]], known: Strings, helpers: Strings, files: Strings) -> bool:
    """Take over what one call does to constants and files; tells whether it was one of those."""
    tail = function.rpartition(".")[2]
    if function == "=":
        try:
            known[arguments[0][0]] = text_of(arguments[1], known)
        except Unread:
            known.pop(arguments[0][0], None)
    elif tail in ("WriteK", "WriteC", "WriteF") and len(arguments) == 2:
        path, content = (text_of(each, known) for each in arguments)
        if tail != "WriteF":
            path = f"{path.rstrip('/')}/kustomization.yaml"
        files[path] = HEADS.get(tail, "") + content
    elif function in helpers and "rite" in helpers[function]:
        if len(arguments) > 1:
            raise Unread("texts put together by code")
        written(helpers[function], known, helpers, files)
    else:
        return False
    return True


def read(name: str, body: str, known: Strings, helpers: Strings) -> list[Case]:
    """The builds of one test function; raises Unread. `helpers`: bodies of other functions by name."""
    if found := _NEEDS.search(body):
        raise Unread(f"needs what is not there ({found[0]})")
    known, files, cases = dict(known), {}, []
    for function, arguments, _ in calls(tokens(body)):
        tail = function.rpartition(".")[2]
        if _note(function, arguments, known, helpers, files):
            continue
        if tail in ("Run", "RunWithErr") and function.startswith("th") and arguments:
            cases.append(Case(name, files, text_of(arguments[0], known)))
        elif tail in ("LoadAndRunTransformer", "LoadAndRunGenerator", "RunTransformerAndCheckResult",
                      "ErrorFromLoadAndRunTransformer", "RunTransformerAndCheckError",
                      "LoadAndRunGeneratorWithBuildAnnotations"):
            cases.append(_plugin(name, tail, arguments, files, known))
        elif tail.startswith("AssertActualEqualsExpected") and cases:
            cases[-1].expected = text_of(arguments[-1], known)
        elif tail in ("EqualError", "Contains", "ErrorContains") and cases and cases[-1].expected is None and (
                len(arguments) > 2 and "err" in " ".join(arguments[1])):
            said = text_of(arguments[2], known)
            if tail == "EqualError":
                cases[-1].whole_error = said
            else:
                cases[-1].error.append(said)
    cases = [case for case in cases if case.expected is not None or case.error or case.whole_error]
    if not cases:
        raise Unread("nothing that is compared is told in texts")
    return cases


def _plugin(name: str, function: str, arguments: list[list[str]], files: Strings, known: Strings) -> Case:
    """A builtin plugin that is run by itself: a kustomization with it and its input."""
    given = [text_of(each, known) for each in arguments[:3]]
    case = Case(name, files, ".")
    case.files["plugin.yaml"] = given[0]
    if "Generator" in function:
        case.files["./kustomization.yaml"] = HEADS["WriteK"] + "generators: [plugin.yaml]\n"
        return case
    case.files["input.yaml"] = given[1]
    case.files["./kustomization.yaml"] = HEADS["WriteK"] + "resources: [input.yaml]\ntransformers: [plugin.yaml]\n"
    if function == "RunTransformerAndCheckResult":
        case.expected = given[2]
    return case


def tests(checkout: pathlib.Path) -> Iterator[tuple[str, str, Strings, Strings]]:
    """Yield (name, body, constants of its package, other functions of it) of every test function."""
    folders: dict[pathlib.Path, list[pathlib.Path]] = {}
    for path in sorted([*(checkout / "api" / "krusty").glob("*_test.go"),
                        *(checkout / "plugin" / "builtin").rglob("*_test.go")]):
        folders.setdefault(path.parent, []).append(path)
    for paths in folders.values():
        known: Strings = {}
        helpers: Strings = {}
        found: list[tuple[str, str]] = []
        for path in paths:
            text = path.read_text(encoding="utf-8")
            outside = re.sub(r"^func .*?^\}", "", text, flags=re.M | re.S)
            for function, arguments, _ in calls(tokens(outside)):
                if function == "=":
                    try:
                        known[arguments[0][0]] = text_of(arguments[1], known)
                    except Unread:
                        continue
            for match in re.finditer(r"^func (\w+)\(.*?\{\n(.*?)^\}", text, re.M | re.S):
                if match[1].startswith("Test"):
                    found.append((f"{path.stem}.{match[1]}", match[2]))
                else:
                    helpers[match[1]] = match[2]
        for name, body in found:
            yield name, body, known, helpers


def build(case: Case) -> tuple[str, str]:
    """Return (what is printed, the error) of kubesim's kustomize."""
    from kubesim_cli.testing import Cluster

    with tempfile.TemporaryDirectory() as root:
        for path, content in case.files.items():
            file = pathlib.Path(root, path.lstrip("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        target = pathlib.Path(root, case.folder.lstrip("/"))
        result = _cluster(Cluster).kubectl(["kustomize", str(target)])
        root = str(pathlib.Path(root).resolve())
        return result.stdout, result.stderr.replace(root, "")


_made: list[Any] = []


def _cluster(make: Any) -> Any:
    if not _made:
        _made.append(make(kubernetes_version="1.36", kubelet="stub", bare=True))
    return _made[0]


def _sorted(text: str) -> str:
    return "---\n".join(sorted(text.split("---\n")))


def judge(case: Case) -> str:
    """What is wrong, "" where nothing is."""
    out, err = build(case)
    if case.expected is not None:
        wanted = case.expected.removeprefix("\n")
        if not any("sortOptions" in content for content in case.files.values()):
            out, wanted = _sorted(out), _sorted(wanted)  # kubectl sorts, the tests do not
        if out == wanted:
            return ""
        lines = difflib.unified_diff(wanted.splitlines(), out.splitlines(), "kustomize", "kubesim", lineterm="")
        return "\n".join(lines) + (f"\n{err}" if err else "")
    said = err.removeprefix("error: ").rstrip("\n")
    if case.whole_error is not None:
        return "" if said == case.whole_error else f"- {case.whole_error}\n+ {said or out}"
    missing = [each for each in case.error if each not in said]
    return "" if not missing else f"- {missing[0]}\n+ {said or out}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    good, bad, left = 0, [], collections.Counter[str]()
    for name, body, known, helpers in tests(args.checkout):
        if args.names and not any(each in name for each in args.names):
            continue
        try:
            cases = read(name, body, known, helpers)
        except Unread as why:
            left[str(why).partition(" (")[0]] += 1
            continue
        for case in cases:
            if wrong := judge(case):
                bad.append(name)
                if len(bad) <= args.show:
                    print(f"== {name}\n{wrong}\n")
            else:
                good += 1
    print(f"{good} of {good + len(bad)} builds are as kustomize's ({100 * good / max(1, good + len(bad)):.1f} %)")
    for why, count in left.most_common():
        print(f"left out, {count} tests: {why}")
    print("\n".join(sorted(bad)))
    return 0 if not bad else 1


if __name__ == "__main__":
    raise SystemExit(main())
