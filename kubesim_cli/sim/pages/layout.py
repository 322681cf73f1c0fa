"""How pages lay out what was printed: broken lines, notes behind rows, elisions, shortened paths, other JSON."""

from __future__ import annotations

import re

_NOTE = re.compile(r"\s+(?:#|←|↑|→|<--?|//)\s*\S.*$")
_NOTE_LINE = re.compile(r"\s*(?:#|←|↑|→|<--)\s*\S")
_DONE = re.compile(r"([a-z][a-z.0-9]*)(?:/| \")([\w.:-]+)\"? ([a-z]+)(?: \(server dry run\))?$")
_ERROR = re.compile(r"Error from server(?: \(\w+\))?: (?:error when \w+ \"[^\"]+\": )?")
_OF_NODE = re.compile(r"(?<=\s)kubelet, \S+\s")
_PULLED = re.compile(r"(Successfully pulled image \"[^\"]+\") in \S+.*")
_PATH = re.compile(r"\"([^\"\s]+\.(?:ya?ml|json))\"")
ELISION = re.compile(r"\s*#?\s*(?:\.\.\.+|…|\[ ?(?:\.\.\.+|…)[^\]]*\]|<snip>|<\.\.\.>|\.\s\.\s\.|⋮|\(\.\.\.[^)]*\)"
                     r"|// \.\.\.|\.\.\. \[[^\]]*\] \.\.\.)\s*")


def told(line: str) -> str:
    """Return a line without what releases say otherwise: `pod "a" created` became `pod/a created`."""
    return _DONE.sub(lambda found: " ".join((found[1].partition(".")[0].rstrip("s"), found[2], found[3])), line)


def bare_event(line: str) -> str:
    """Return a line of an event without the node, which older releases told, and the times, which newer ones do."""
    return _PULLED.sub(r"\1", _OF_NODE.sub("kubelet ", line))


def found_nothing(shown: str, printed: str) -> bool:
    """Whether both say that there is nothing, the page without the namespace, as before kubectl 1.17."""
    return shown == "No resources found." and bool(re.fullmatch(r"No resources found in \S+ namespace\.", printed))


def same_json(shown: list[str], printed: list[str]) -> bool:
    """Whether both texts are one JSON value, however it is laid out."""
    if not shown or shown[0].strip()[:1] not in ("{", "["):
        return False
    import json

    try:
        return bool(json.loads("\n".join(shown)) == json.loads("\n".join(printed)))
    except ValueError:
        return False


def short_paths(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output with the page's path of a file wherever the page quotes the end of the path."""
    ends = {path for line in shown for path in _PATH.findall(line)}
    return [_PATH.sub(lambda found: next((f'"{end}"' for end in ends if found[1].endswith(f"/{end}")), found[0]), line)
            for line in printed] if ends else printed


def broken(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output with its long lines broken where the page has broken them to make them fit."""
    bare = ["".join(line.split()) for line in shown]
    out: list[str] = []
    for line in printed:
        whole = "".join(line.split())
        places = [place for place, part in enumerate(bare) if len(part) > 10 and whole.startswith(part)]
        for place in places[:1] if whole not in bare else ():
            end, joined = place + 1, bare[place]
            while end < len(bare) and len(joined) < len(whole):
                joined += bare[end]
                end += 1
            if joined in (whole, whole + "."):  # an author may end a sentence
                out += shown[place:end]
                break
        else:
            out.append(line)
    return out


def bare_errors(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output with its errors as the server words them where the page leaves kubectl's words before out."""
    if any(_ERROR.match(line) for line in shown):
        return printed
    out: list[str] = []
    for line in printed:
        bare = _ERROR.sub("", line)
        out.append(bare if any(len(part) > 10 and bare.startswith(part) for part in shown) else line)
    return out


def in_order(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output with its lines of what was done in the page's order, if that are the same lines: kubectl has
    gone through what it was given in other orders."""
    done = [line for line in printed if _DONE.fullmatch(line)]
    wanted = [line for line in shown if _DONE.fullmatch(line)]
    if done == wanted or sorted(done) != sorted(wanted):
        return printed
    left = iter(wanted)
    return [next(left) if _DONE.fullmatch(line) else line for line in printed]


def joined(shown: list[str], printed: list[str]) -> list[str]:
    """Return an output with those of its words in one line that the page has in one, as `ls` prints on a terminal."""
    out = list(printed)
    for line in shown:
        words = line.split()
        for place in range(len(out) - len(words) + 1) if len(words) > 1 else ():
            if out[place:place + len(words)] == words:
                out[place:place + len(words)] = [line]
                break
    return out


def without_fields(shown: list[str], printed: list[str], later: frozenset[str]) -> list[str]:
    """Return an output without the fields `later` that the page does not have."""
    there = {line.partition(":")[0] for line in shown}
    return [line for line in printed if line.partition(":")[0] not in later - there]


def without_notes(shown: list[str], printed: list[str]) -> list[str]:
    """Take away what an author has written behind rows and between them, unless the output has the like."""
    real = {" ".join(line.split()) for line in printed}
    kept: list[str] = []
    for line in shown:
        if _NOTE_LINE.match(line) and " ".join(line.split()) not in real and not ELISION.fullmatch(line) \
                and not any(_NOTE_LINE.match(other) for other in printed):
            continue
        bare = _NOTE.sub("", line)
        if bare != line and not any(_NOTE.search(other) for other in printed):
            line = bare
        kept.append(line)
    return trimmed(kept)


def appended(text: str, lines: str) -> str:
    """Return a file's text with lines at its end, indented as those of its last element that begins alike."""
    first = lines.lstrip().partition(":")[0]
    alike = [line for line in text.split("\n") if line.lstrip().partition(":")[0] == first]
    indent = " " * (len(alike[-1]) - len(alike[-1].lstrip())) if alike else ""
    return text.rstrip("\n") + "\n" + "".join(f"{indent}{line}\n" for line in lines.rstrip("\n").split("\n"))


def trimmed(lines: list[str]) -> list[str]:
    """Return lines without blanks at their ends, and without empty ones at both ends."""
    lines = [line.rstrip() for line in lines]
    while lines and not lines[0]:
        lines = lines[1:]
    while lines and not lines[-1]:
        lines.pop()
    return lines
