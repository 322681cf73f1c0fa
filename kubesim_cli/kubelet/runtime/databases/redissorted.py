"""Commands of Redis' sorted sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rediskeys import SYNTAX, Failed, Keys, number, octets, plain, real, slice_of, text

if TYPE_CHECKING:
    from collections.abc import Callable



def in_order(keys: Keys, key: bytes) -> list[tuple[str, float]]:
    return sorted((keys.find(key, "z") or {}).items(), key=lambda each: (each[1], each[0]))


def zadd(keys: Keys, words: list[bytes]) -> Any:
    rest, rules = words[1:], set()
    while rest and text(rest[0]).upper() in ("NX", "XX", "GT", "LT", "CH", "INCR"):
        rules.add(text(rest.pop(0)).upper())
    if not rest or len(rest) % 2:
        raise Failed(SYNTAX)
    pairs = [(real(score), text(member)) for score, member in zip(rest[::2], rest[1::2], strict=True)]
    members, added, changed = keys.make(words[0], "z"), 0, 0
    for score, member in pairs:
        there = member in members
        if (there and "NX" in rules) or (not there and "XX" in rules):
            continue
        added += not there
        changed += not there or members[member] != score
        members[member] = score
    keys.tidy(words[0])
    return changed if "CH" in rules else added


def scored(found: list[tuple[str, float]], scores: bool) -> list[bytes]:
    return [
        each for member, score in found for each in ((octets(member), plain(score)) if scores else (octets(member),))
    ]


def zrange(reverse: bool) -> Callable[[Keys, list[bytes]], Any]:
    def zrange(keys: Keys, words: list[bytes]) -> Any:
        options = {text(word).upper() for word in words[3:]}
        turned = reverse != ("REV" in options)
        if "BYSCORE" in options:
            return by_score(turned)(keys, [word for word in words if text(word).upper() not in ("REV", "BYSCORE")])
        found = in_order(keys, words[0])
        found = found[::-1] if turned else found
        return scored(found[slice_of(len(found), number(words[1]), number(words[2]))], "WITHSCORES" in options)

    return zrange


def bound(word: bytes) -> tuple[float, bool]:
    return (real(word[1:]), True) if word[:1] == b"(" else (real(word), False)


def within(score: float, low: tuple[float, bool], high: tuple[float, bool]) -> bool:
    return (score > low[0] if low[1] else score >= low[0]) and (score < high[0] if high[1] else score <= high[0])


def by_score(reverse: bool) -> Callable[[Keys, list[bytes]], Any]:
    def ranged(keys: Keys, words: list[bytes]) -> Any:
        low, high = (bound(word) for word in (words[1:3][::-1] if reverse else words[1:3]))
        found = [each for each in in_order(keys, words[0]) if within(each[1], low, high)]
        found = found[::-1] if reverse else found
        options = [text(word).upper() for word in words[3:]]
        if "LIMIT" in options:
            at = options.index("LIMIT")
            start, count = number(options[at + 1]), number(options[at + 2])
            found = found[start:start + count] if count >= 0 else found[start:]
        return scored(found, "WITHSCORES" in options)

    return ranged


def zscore(keys: Keys, words: list[bytes]) -> Any:
    found = (keys.find(words[0], "z") or {}).get(text(words[1]))
    return None if found is None else plain(found)


def zrank(reverse: bool) -> Callable[[Keys, list[bytes]], Any]:
    def rank(keys: Keys, words: list[bytes]) -> Any:
        names = [member for member, _ in in_order(keys, words[0])]
        names = names[::-1] if reverse else names
        return names.index(text(words[1])) if text(words[1]) in names else None

    return rank


def zrem(keys: Keys, words: list[bytes]) -> Any:
    members = keys.find(words[0], "z") or {}
    count = sum(members.pop(text(word), None) is not None for word in words[1:])
    keys.tidy(words[0])
    return count


def zincrby(keys: Keys, words: list[bytes]) -> Any:
    by = real(words[1])
    members = keys.make(words[0], "z")
    members[text(words[2])] = found = members.get(text(words[2]), 0.0) + by
    return plain(found)


def zcount(keys: Keys, words: list[bytes]) -> Any:
    return len(by_score(False)(keys, words[:3]))
