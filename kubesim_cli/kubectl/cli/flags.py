"""Flags as spf13/pflag parses them, driven by what commands.json says of a command."""

from __future__ import annotations

from ...releases import within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...machinery.types import Object, Release

TRUE = ("1", "t", "T", "TRUE", "true", "True")
FALSE = ("0", "f", "F", "FALSE", "false", "False")

_HELP = {"type": "bool", "default": "false", "short": "h"}
_DATED = ("since", "until", "before", "deprecated")


class FlagError(Exception):
    """A command line that pflag refuses; the text is pflag's."""


class Flags:
    """The flags of one call of one command: `flags["name"]` is the value given or the default.

    Types: bool, int, str, list of str, dict of str, and float seconds for durations. `dash` is the number of
    arguments before `--`, or -1 without one (cobra's ArgsLenAtDash).
    """

    def __init__(self, command: str, local: Object, global_: Object):
        """`command` as in `rollout status`; `local` and `global_` map names to what commands.json says of a flag."""
        self.command, self.dash = command, -1
        self._local, self._global = local, global_
        self._dated: list[tuple[str, str, str]] = []  # the name, the letter or "", and how it was written
        self.written: list[tuple[str, str]] = []  # name and value of each flag, in the order in which they were given
        self._values: Object = {}
        self._explicit: set[str] = set()
        self._release_of: Callable[[], Release] | None = None

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            value = self._values[name] = self._default(name)
            return value

    def __contains__(self, name: str) -> bool:
        return name in self._local or name in self._global or name == "help"

    def changed(self, name: str) -> bool:
        """Tell whether the flag was given (or set by a kuberc)."""
        return name in self._explicit

    def given(self) -> list[str]:
        """Return the names of the flags that were given, sorted."""
        return sorted(self._explicit)

    def shorthand(self, name: str) -> str:
        """Return the flag's letter, or ""."""
        letter: str = self._spec(name).get("short", "")
        return letter

    def names(self) -> list[str]:
        """Return the names of the command's own flags and the global ones, as far as help shows them."""
        names = [*self._local, *(name for name in self._global if name not in self._local)]
        return [name for name in names if not self._spec(name).get("hidden")]

    def is_local(self, name: str) -> bool:
        """Tell a flag of the command's own from a global one."""
        return name in self._local

    def default_text(self, name: str) -> str:
        """Return the default as help shows it."""
        text: str = self._spec(name)["default"]
        return text

    def since(self, name: str) -> tuple[int, int] | None:
        """Return the first release that has the flag, or None where all have it."""
        minor = self._spec(name).get("since")
        return (1, minor) if minor else None

    def needs_argument(self, name: str) -> bool:
        """Tell whether a flag without `=` takes the next word as its value."""
        return not self._no_option(name)

    def type_of(self, name: str) -> str:
        """Return the flag's type, as pflag and component-base name it: bool, string, stringSlice, duration ..."""
        kind: str = self._spec(name)["type"]
        return kind

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
            elif kind == "moduleSpec":
                _check_modules(text)
            elif kind != "string":
                value = _scalar(kind, text)
        except ValueError as problem:
            why = "parse error" if kind == "goDuration" else problem
            short = self.shorthand(name)
            shown = f"-{short}, --{name}" if short else f"--{name}"
            raise FlagError(f'invalid argument {_quote(text)} for "{shown}" flag: {why}') from None
        self._values[name] = value
        self._explicit.add(name)

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

    def settle(self, release_of: Callable[[], Release]) -> list[str]:
        """Return the warnings of the deprecated flags that were given; raises FlagError for a flag, or a letter, that
        the release does not have. `release_of()` returns the release, and is not called where it makes no difference.
        """
        self._release_of = release_of
        if not self._dated:
            return []
        release, warnings = release_of(), []
        for name, letter, written in self._dated:
            facts = of_release(self._spec(name), release)
            if facts is None or (letter and facts.get("short") != letter):
                raise _unknown_letter(letter, written) if letter else FlagError(f"unknown flag: {written}")
            if why := facts.get("deprecated"):
                if letter and facts.get("letterDeprecated"):
                    warnings.append(f"Flag shorthand -{letter} has been deprecated, {why}")
                warnings.append(f"Flag --{name} has been deprecated, {why}")
        return warnings

    def missing(self) -> str:
        """Return cobra's complaint about required flags that were not given, or ""."""
        absent = [f'"{name}"' for name in self.absent()]
        return f"required flag(s) {', '.join(absent)} not set" if absent else ""

    def absent(self) -> list[str]:
        """Return the required flags that were not given."""
        return [name for name, spec in self._local.items() if spec.get("required") and name not in self._explicit]

    def repeats(self, name: str) -> bool:
        """Whether a flag may be given several times, each with another value."""
        return self.type_of(name) in ("stringArray", "stringSlice", "stringToString")

    def find_shorthand(self, letter: str) -> str:
        """Return the name of the flag with this letter, or ""."""
        for specs in (self._local, self._global):
            for name, spec in specs.items():
                if spec.get("short") == letter:
                    return name
        return "help" if letter == "h" else ""

    def _spec(self, name: str) -> Object:
        spec: Object | None = self._local.get(name) or self._global.get(name)
        if spec is None:
            if name != "help":
                raise KeyError(f"{self.command!r} has no flag {name!r}")
            return _HELP
        return spec

    def _default(self, name: str) -> Any:
        """The flag's default, in the release that `settle` was told of."""
        spec = self._spec(name)
        kind, text = spec["type"], spec["default"]
        if "before" in spec and self._release_of is not None:
            facts = of_release(spec, self._release_of())
            if facts is not None and facts["type"] == kind:  # verbs know one type
                text = facts["default"]
        return _default(kind, text)

    def _no_option(self, name: str) -> str:
        spec = self._spec(name)
        return "true" if spec["type"] == "bool" else spec.get("noOptDefVal", "")

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
        self.written.append((known, value))
        self._date(known, "", f"--{name}")
        return position

    def _short(self, word: str, words: list[str], position: int) -> int:
        letters = word[1:]
        while letters:
            name = self.find_shorthand(letters[0])
            if not name:
                raise _unknown_letter(letters[0], f"-{letters}")
            value = self._no_option(name)
            rest = letters[1:]
            if len(rest) > 1 and rest[0] == "=":
                value, rest = rest[1:], ""
            elif not value and rest:
                value, rest = rest, ""
            elif not value:
                if position == len(words):
                    raise FlagError(f"flag needs an argument: {_quote(letters[0], chr(39))} in -{letters}")
                value, position = words[position], position + 1
            self.set(name, value)
            self.written.append((name, value))
            self._date(name, letters[0], f"-{letters}")
            letters = rest
        return position

    def _date(self, name: str, letter: str, problem: str) -> None:
        """Note a flag of which not all releases say the same."""
        spec = self._spec(name)
        if any(key in spec for key in _DATED):
            self._dated.append((name, letter, problem))


def of_release(spec: Object, release: Release) -> Object | None:
    """Return what commands.json says of a command or flag in a release such as (1, 30), or None if it is not there.

    `before` maps a minor release to what was otherwise in the releases before it.
    """
    def minor(name: str) -> tuple[int, int] | None:
        return (1, spec[name]) if name in spec else None

    if not within(release, minor("since"), minor("until")):
        return None
    facts = spec
    for changed, before in spec.get("before", {}).items():  # newest first
        if within(release, until=(1, int(changed))):
            facts = {**facts, **before}
    return facts


def _default(kind: str, text: str) -> Any:
    if kind in ("string", "moduleSpec"):
        return text[1:-1] if text[:1] == "'" else text
    if kind in ("stringSlice", "stringArray"):
        return [part for part in text[1:-1].split(",") if part]
    if kind in ("stringToString", "mapStringString"):
        return {}
    return _scalar(kind, text)


def _scalar(kind: str, text: str) -> bool | int | float:
    if kind == "bool":
        return parse_bool(text)
    if kind in ("duration", "goDuration"):
        return parse_duration(text)
    return parse_int(text, 32 if kind == "int32" else 64)


def _unknown_letter(letter: str, written: str) -> FlagError:
    return FlagError(f"unknown shorthand flag: {_quote(letter, chr(39))} in {written}")


def _quote(text: str, mark: str = '"') -> str:
    from ...go.fmt import quote  # only a refusal needs it

    return quote(text, mark)


def parse_bool(text: str) -> bool:
    """Read a bool as Go's strconv.ParseBool does; raises ValueError with its words."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ValueError(f"strconv.ParseBool: parsing {_quote(text)}: invalid syntax")


def parse_int(text: str, bits: int = 64) -> int:
    """Read an int as Go's strconv.ParseInt with base 0 does; raises ValueError with its words."""
    try:
        digits = text.lstrip("+-")
        if len(text) - len(digits) > 1 or digits != digits.strip() or not digits.isascii():
            raise ValueError
        octal = len(digits) > 1 and digits[0] == "0" and (digits[1].isdigit() or digits[1] == "_")
        value = int(digits, 8 if octal else 0)
    except ValueError:
        raise ValueError(f"strconv.ParseInt: parsing {_quote(text)}: invalid syntax") from None
    value = -value if text[0] == "-" else value
    if not -1 << bits - 1 <= value < 1 << bits - 1:
        raise ValueError(f"strconv.ParseInt: parsing {_quote(text)}: value out of range")
    return value


def _check_modules(text: str) -> None:
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
    """Split at commas as encoding/csv does; quoted parts may hold commas. Raises ValueError."""
    if '"' not in text and "\n" not in text and not text.endswith("\r"):
        return text.split(",") if text else []
    from ...go.csv import record
    return record(text)


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
