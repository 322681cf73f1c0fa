"""Flags as spf13/pflag parses them, driven by what commands.json says of a command.

commands.json gives names, shorthands and defaults; a flag's Go type follows from how its default is written
(`''` a string, `[]` a list, `0s` a duration ...), with the tables below for what the default does not tell.
"""

from __future__ import annotations

from ...go.fmt import quote
from ...releases import within

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

# Lists that take each value whole (stringArray); all others are split at commas (stringSlice).
_ARRAYS = frozenset((
    "allowlist-entry", "annotation", "annotations", "appendarg", "as-group", "as-user-extra", "audience", "env",
    "exec-env", "for", "from-literal", "group", "option", "prependarg", "prune-allowlist", "prune-whitelist",
    "resource-name", "rule", "serviceaccount", "user"))
_MAPS = frozenset((("debug", "env"), ("debug", "set-image"), ("create clusterrole", "aggregation-rule")))
_INT32 = frozenset((
    ("", "v"), ("autoscale", "min"), ("autoscale", "max"), ("autoscale", "cpu-percent"),
    ("create deployment", "port"), ("create deployment", "replicas"), ("create priorityclass", "value")))
_NO_OPTION = {"dry-run": "unchanged", "validate": "strict", "cascade": "background"}  # pflag's NoOptDefVal
_REQUIRED = {
    "autoscale": ("max",), "create clusterrolebinding": ("clusterrole",), "create cronjob": ("image", "schedule"),
    "create deployment": ("image",), "create service externalname": ("external-name",), "kuberc set": ("section",),
    "run": ("image",), "scale": ("replicas",)}
_EVER, _NEVER = (0, 0), (99, 0)
# The release that brought a flag, or its letter; commands.json has those of the newest.
_SINCE = {
    ("", "as-user-extra"): (1, 35), ("api-resources", "show-managed-fields"): (1, 34),
    ("apply", "subresource"): (1, 32), ("attach", "detach-keys"): (1, 36), ("autoscale", "cpu"): (1, 34),
    ("autoscale", "memory"): (1, 34), ("config set-context", "-n"): (1, 35),
    ("config set-credentials", "exec-interactive-mode"): (1, 30),
    ("config set-credentials", "exec-provide-cluster-info"): (1, 30), ("debug", "custom"): (1, 31),
    ("debug", "keep-annotations"): (1, 31), ("debug", "keep-init-containers"): (1, 31),
    ("debug", "keep-labels"): (1, 31), ("debug", "keep-liveness"): (1, 31), ("debug", "keep-readiness"): (1, 31),
    ("debug", "keep-startup"): (1, 31), ("delete", "-i"): (1, 29),
    ("delete", "interactive"): (1, 29), ("diff", "show-secrets"): (1, 36),
    ("explain", "-R"): (1, 36), ("explain", "-o"): (1, 32), ("logs", "all-pods"): (1, 31),
    ("run", "detach-keys"): (1, 36), ("top node", "show-swap"): (1, 34), ("top pod", "show-swap"): (1, 34),
}
# Flags that were deprecated before a release and are not since: why they were.
_UNUSED = "because it is not used by this command. It will be removed in version 1.29."
_DEPRECATED_BEFORE = dict.fromkeys((("run", name) for name in (
    "filename", "force", "grace-period", "kustomize", "recursive", "timeout", "wait")), ((1, 31), _UNUSED))
_DEPRECATED_BEFORE["run", "cascade"] = (1, 31), _UNUSED.replace("used by", "relevant for")
# Deprecated flags are accepted, and left out of help and so of commands.json. Some were dropped (`until`).
_RECORD = {"record": {"default": "false", "deprecated": "--record will be removed in the future"}}
_DEPRECATED: dict[str, dict[str, dict]] = dict.fromkeys((
    "annotate", "apply", "apply edit-last-applied", "create", "edit", "expose", "label", "patch", "replace", "run",
    "scale", "set image", "set resources", "set selector", "set serviceaccount"), _RECORD)
_DEPRECATED["apply"] = {
    **_RECORD, "applyset": {"default": "''"},  # alpha, and left out of help as well
    "prune-whitelist": {"default": "[]", "until": (1, 30), "deprecated": "Use --prune-allowlist instead."}}
_DEPRECATED["drain"] = {"delete-local-data": {"default": "false", "until": (1, 31), "deprecated": (
    "This option is deprecated and will be deleted. Use --delete-emptydir-data.")}}
_DEPRECATED["autoscale"] = {**_RECORD, "cpu-percent": {"default": "-1", "deprecated_since": (1, 34), "deprecated": (
    "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).")}}
_HELP = {"default": "false", "short": "h"}


class FlagError(Exception):
    """A command line that pflag refuses; the text is pflag's."""


class Flags:
    """The flags of one call of one command: `flags["name"]` is the value given or the default.

    Types: bool, int, str, list of str, dict of str, and float seconds for durations. `dash` is the number of
    arguments before `--`, or -1 without one (cobra's ArgsLenAtDash).
    """

    def __init__(self, command: str, local: dict, global_: dict):
        """`command` as in `rollout status`; `local` and `global_` map names to {"default": ..., "short": ...}."""
        self.command, self.dash = command, -1
        self._unknown: list[tuple] = []     # (first release with the flag, first without it, error)
        self._deprecated: list[tuple] = []  # (first release that deprecates it, first that does not, warning)
        self._local, self._global, self._hidden = local, global_, _DEPRECATED.get(command, {})
        self._values: dict = {}
        self._explicit: set[str] = set()

    def __getitem__(self, name: str):
        try:
            return self._values[name]
        except KeyError:
            value = self._values[name] = _default(self.type_of(name), self._spec(name)["default"])
            return value

    def __contains__(self, name: str) -> bool:
        return name in self._local or name in self._global or name in self._hidden or name == "help"

    def changed(self, name: str) -> bool:
        """Tell whether the flag was given (or set by a kuberc)."""
        return name in self._explicit

    def given(self) -> list[str]:
        """Return the names of the flags that were given, sorted."""
        return sorted(self._explicit)

    def shorthand(self, name: str) -> str:
        """Return the flag's letter, or ""."""
        return self._spec(name).get("short", "")

    def names(self) -> list[str]:
        """Return the names of the command's own flags and the global ones, as far as help shows them."""
        return [*self._local, *(name for name in self._global if name not in self._local)]

    def is_local(self, name: str) -> bool:
        """Tell a flag of the command's own from a global one."""
        return name in self._local

    def default_text(self, name: str) -> str:
        """Return the default as help shows it."""
        return self._spec(name)["default"]

    def needs_argument(self, name: str) -> bool:
        """Tell whether a flag without `=` takes the next word as its value."""
        return not self._no_option(name)

    def type_of(self, name: str) -> str:
        """Return the flag's pflag type: bool, string, int, int32, duration, stringSlice, stringArray or a map."""
        command = self.command if name in self._local or name in self._hidden else ""
        default = self._spec(name)["default"]
        if (command, name) in _MAPS:
            return "stringToString" if default else "mapStringString"
        if default[:1] in ("'", ""):
            return "string"
        if default[0] == "[":
            return "stringArray" if name in _ARRAYS else "stringSlice"
        if default in ("true", "false"):
            return "bool"
        if default.lstrip("-").isdigit():
            return "int32" if (command, name) in _INT32 else "int"
        return "duration"

    def set(self, name: str, text: str) -> None:
        """Set a flag from text; raises FlagError with the words of strconv or time where it does not parse."""
        kind = self.type_of(name)
        value: object = text
        try:
            if kind == "stringArray" or kind == "stringSlice":
                old = self._values[name] if name in self._explicit else []
                value = [*old, *([text] if kind == "stringArray" else _split_csv(text))]
            elif kind == "stringToString" or kind == "mapStringString":
                old = self._values[name] if name in self._explicit else {}
                value = {**old, **(_pairs(text) if kind == "stringToString" else _loose_pairs(text))}
            elif kind != "string":
                value = _scalar(kind, text)
            elif name == "vmodule":
                _check_vmodule(text)
        except ValueError as problem:
            why = "parse error" if name == "log-flush-frequency" else problem
            short = self.shorthand(name)
            shown = f"-{short}, --{name}" if short else f"--{name}"
            raise FlagError(f'invalid argument {quote(text)} for "{shown}" flag: {why}') from None
        self._values[name] = value
        self._explicit.add(name)
        self._deprecate(name)

    def parse(self, words: list[str]) -> list[str]:
        """Take the flags out of `words` and return the arguments left; flags may stand anywhere before `--`."""
        args, position = [], 0
        while position < len(words):
            word = words[position]
            position += 1
            if word[:1] != "-" or word == "-":
                args.append(word)
            elif word == "--":
                self.dash = len(args)
                return args + words[position:]
            elif word[1] == "-":
                position = self._long(word, words, position)
            else:
                position = self._short(word, words, position)
        return args

    def _deprecate(self, name: str) -> None:
        spec = self._spec(name)
        since, until, why = spec.get("deprecated_since", _EVER), _NEVER, spec.get("deprecated")
        if (self.command, name) in _DEPRECATED_BEFORE:
            until, why = _DEPRECATED_BEFORE[self.command, name]
        if why:
            self._deprecated.append((since, until, f"Flag --{name} has been deprecated, {why}"))

    def settle(self, release_of) -> list[str]:
        """Return the warnings of the deprecated flags that were given; raises FlagError for a flag that the release
        does not have. `release_of()` returns the release, and is not called where that makes no difference."""
        if not self._unknown and not self._deprecated:
            return []
        release = release_of()
        for since, until, problem in self._unknown:
            if not within(release, since, until):
                raise FlagError(problem)
        return [warning for since, until, warning in self._deprecated if within(release, since, until)]

    def missing(self) -> str:
        """Return cobra's complaint about required flags that were not given, or ""."""
        absent = [f'"{name}"' for name in _REQUIRED.get(self.command, ()) if name not in self._explicit]
        return f"required flag(s) {', '.join(absent)} not set" if absent else ""

    def find_shorthand(self, letter: str) -> str:
        """Return the name of the flag with this letter, or ""."""
        for specs in (self._local, self._global):
            for name, spec in specs.items():
                if spec.get("short") == letter:
                    return name
        return "help" if letter == "h" else ""

    def _spec(self, name: str) -> dict:
        spec = self._local.get(name) or self._global.get(name) or self._hidden.get(name)
        if spec is None:
            if name != "help":
                raise KeyError(f"{self.command!r} has no flag {name!r}")
            return _HELP
        return spec

    def _no_option(self, name: str) -> str:
        if self.type_of(name) == "bool":
            return "true"
        return _NO_OPTION.get(name, "") if name in self._local else ""

    def _long(self, word: str, words: list[str], position: int) -> int:
        name, equals, value = word[2:].partition("=")
        if not name or name[0] == "-":
            raise FlagError(f"bad flag syntax: {word}")
        known = name.replace("_", "-")
        if known not in self:
            raise FlagError(f"unknown flag: --{name}")
        if not equals:
            value = self._no_option(known)
            if not value:
                if position == len(words):
                    raise FlagError(f"flag needs an argument: --{name}")
                value, position = words[position], position + 1
        self.set(known, value)
        self._date(known, f"unknown flag: --{name}")
        return position

    def _short(self, word: str, words: list[str], position: int) -> int:
        letters = word[1:]
        while letters:
            name, letter = self.find_shorthand(letters[0]), quote(letters[0], mark="'")
            if not name:
                raise FlagError(f"unknown shorthand flag: {letter} in -{letters}")
            value = self._no_option(name)
            rest = letters[1:]
            if len(rest) > 1 and rest[0] == "=":
                value, rest = rest[1:], ""
            elif not value and rest:
                value, rest = rest, ""
            elif not value:
                if position == len(words):
                    raise FlagError(f"flag needs an argument: {letter} in -{letters}")
                value, position = words[position], position + 1
            self.set(name, value)
            self._date("-" + letters[0], f"unknown shorthand flag: {letter} in -{letters}")
            letters = rest
        return position

    def _date(self, name: str, problem: str) -> None:
        """Note the releases that have a flag, or a letter such as `-R`, where not all have it."""
        since = _SINCE.get((self.command, name)) or _SINCE.get(("", name), _EVER)
        until = self._hidden.get(name, {}).get("until", _NEVER)
        if (since, until) != (_EVER, _NEVER):
            self._unknown.append((since, until, problem))


def _default(kind: str, text: str):
    if kind == "string":
        return text[1:-1] if text[:1] == "'" else text
    if kind in ("stringSlice", "stringArray"):
        return [part for part in text[1:-1].split(",") if part]
    if kind in ("stringToString", "mapStringString"):
        return {}
    return _scalar(kind, text)


def _scalar(kind: str, text: str) -> bool | int | float:
    if kind == "bool":
        return parse_bool(text)
    return parse_duration(text) if kind == "duration" else parse_int(text, 32 if kind == "int32" else 64)


def parse_bool(text: str) -> bool:
    """Read a bool as Go's strconv.ParseBool does; raises ValueError with its words."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ValueError(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")


def parse_int(text: str, bits: int = 64) -> int:
    """Read an int as Go's strconv.ParseInt with base 0 does; raises ValueError with its words."""
    try:
        digits = text.lstrip("+-")
        if len(text) - len(digits) > 1 or digits != digits.strip() or not digits.isascii():
            raise ValueError
        octal = len(digits) > 1 and digits[0] == "0" and (digits[1].isdigit() or digits[1] == "_")
        value = int(digits, 8 if octal else 0)
    except ValueError:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: invalid syntax") from None
    value = -value if text[0] == "-" else value
    if not -1 << bits - 1 <= value < 1 << bits - 1:
        raise ValueError(f"strconv.ParseInt: parsing {quote(text)}: value out of range")
    return value


def _check_vmodule(text: str) -> None:
    """Refuse what is no `file=N,file=N` (klog's moduleSpec)."""
    for pattern in text.split(","):
        name, _, level = pattern.partition("=")
        digits = level.removeprefix("-")
        if pattern and not (name and digits.isascii() and digits.isdigit()):
            raise ValueError("syntax error: expect comma-separated list of filename=N")
        if pattern and level.startswith("-") and int(level):
            raise ValueError("negative value for vmodule level")


def parse_duration(text: str) -> float:
    """Read seconds from a Go duration such as `1h30m`; raises ValueError with the words of time.ParseDuration."""
    from ...go.duration import parse as parse_duration
    return parse_duration(text)


def _split_csv(text: str) -> list[str]:
    """Split at commas as encoding/csv does; quoted parts may hold commas."""
    if '"' not in text and "\n" not in text:
        return text.split(",") if text else []
    import csv
    parts, column = [], 1
    for part in next(csv.reader([text], strict=False), []):
        parts.append(part)
    for raw in text.split(","):
        if '"' in raw and not raw.startswith('"') and raw.count('"') == 1 and '"' not in text[:column - 1]:
            raise ValueError(f'parse error on line 1, column {column + raw.index(chr(34))}: bare " in non-quoted-field')
        column += len(raw) + 1
    return parts


def _pairs(text: str) -> dict[str, str]:
    """Read `a=1,b=2` as pflag's stringToString does."""
    parts = [text.strip('"')] if text.count("=") == 1 else _split_csv(text) if "=" in text else [text]
    pairs = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{part} must be formatted as key=value")
        pairs[key] = value
    return pairs


def _loose_pairs(text: str) -> dict[str, str]:
    """Read `a=1,b=2` as component-base's MapStringString does."""
    pairs = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if part and not equals:
            raise ValueError("malformed pair, expect string=string")
        if part:
            pairs[key.strip()] = value.strip()
    return pairs
