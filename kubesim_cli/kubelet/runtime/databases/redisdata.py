"""What a Redis keeps, and its commands: a function of the data, the time and the words.

The data is plain: {database: {key: [kind, value, expiry]}}; kind s (bytes), l (list of bytes), h ({field: bytes}), e
(a set: {member: 1}), z ({member: score}); keys, fields and members are text (surrogateescape); expiry in milliseconds
since 1970 or None.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

from .rediskeys import MOST_VALUE, OK, SYNTAX, Failed, Keys, number, octets, plain, real, slice_of, text
from .redissorted import by_score, zadd, zcount, zincrby, zrange, zrank, zrem, zscore
from .resp import Problem, Status

if TYPE_CHECKING:
    from collections.abc import Callable



# Keys

def _del(keys: Keys, words: list[bytes]) -> Any:
    return sum(keys.drop(word) for word in words)


def _exists(keys: Keys, words: list[bytes]) -> Any:
    return sum(keys.find(word) is not None for word in words)


def _keys(keys: Keys, words: list[bytes]) -> Any:
    pattern = text(words[0])
    return [octets(name) for name in keys.names() if fnmatch.fnmatchcase(name, pattern)]


def _scan(keys: Keys, words: list[bytes]) -> Any:
    options = {text(word).upper(): words[at + 2] for at, word in enumerate(words[1:-1])}
    return [b"0", _keys(keys, [options.get("MATCH", b"*")])]


def _type(keys: Keys, words: list[bytes]) -> Any:
    entry = keys.entry(words[0])
    names = {"s": "string", "l": "list", "h": "hash", "e": "set", "z": "zset"}
    return Status(names[entry[0]] if entry is not None else "none")


def _expire(unit: int, absolute: bool) -> Callable[[Keys, list[bytes]], Any]:
    def expire(keys: Keys, words: list[bytes]) -> Any:
        at = number(words[1]) * unit + (0 if absolute else keys.now)
        entry = keys.entry(words[0])
        if entry is None:
            return 0
        rule = text(words[2]).upper() if len(words) > 2 else ""
        if (rule == "NX" and entry[2] is not None) or (rule == "XX" and entry[2] is None):
            return 0
        entry[2] = at
        keys.changed = True
        return 1

    return expire


def _ttl(unit: int) -> Callable[[Keys, list[bytes]], Any]:
    def ttl(keys: Keys, words: list[bytes]) -> Any:
        entry = keys.entry(words[0])
        if entry is None:
            return -2
        return -1 if entry[2] is None else (entry[2] - keys.now + unit // 2) // unit

    return ttl


def _persist(keys: Keys, words: list[bytes]) -> Any:
    entry = keys.entry(words[0])
    if entry is None or entry[2] is None:
        return 0
    entry[2] = None
    keys.changed = True
    return 1


def _rename(keys: Keys, words: list[bytes]) -> Any:
    entry = keys.entry(words[0])
    if entry is None:
        raise Failed("ERR no such key")
    del keys.data[text(words[0])]
    keys.data[text(words[1])] = entry
    keys.changed = True
    return OK


def _randomkey(keys: Keys, words: list[bytes]) -> Any:
    names = keys.names()
    return octets(keys.random.choice(names)) if names else None


def _encoding(keys: Keys, words: list[bytes]) -> Any:
    entry = keys.entry(words[1]) if len(words) > 1 else None
    if entry is None:
        return None
    if entry[0] == "s":
        return b"int" if entry[1].lstrip(b"-").isdigit() else b"embstr" if len(entry[1]) <= 44 else b"raw"
    return {"e": b"listpack", "z": b"listpack", "h": b"listpack"}.get(entry[0], b"listpack")


# Strings

def _set(keys: Keys, words: list[bytes]) -> Any:
    key, value, *options = words
    expiry, rule, get, keep = None, "", False, False
    while options:
        name = text(options.pop(0)).upper()
        if name in ("EX", "PX", "EXAT", "PXAT") and options:
            span = number(options.pop(0)) * (1000 if name[:2] == "EX" else 1)
            if span <= 0:
                raise Failed("ERR invalid expire time in 'set' command")
            expiry = span + (0 if name.endswith("AT") else keys.now)
        elif name in ("NX", "XX"):
            rule = name
        elif name == "GET":
            get = True
        elif name == "KEEPTTL":
            keep = True
        else:
            raise Failed(SYNTAX)
    before = keys.find(key, "s") if get else keys.find(key)
    if (rule == "NX" and before is not None) or (rule == "XX" and before is None):
        return before if get else None
    keys.put(key, "s", value, expiry, keep)
    return before if get else OK


def _setnx(keys: Keys, words: list[bytes]) -> Any:
    if keys.find(words[0]) is not None:
        return 0
    keys.put(words[0], "s", words[1])
    return 1


def _setex(unit: int) -> Callable[[Keys, list[bytes]], Any]:
    def setex(keys: Keys, words: list[bytes]) -> Any:
        keys.put(words[0], "s", words[2], keys.now + number(words[1]) * unit)
        return OK

    return setex


def _get(keys: Keys, words: list[bytes]) -> Any:
    return keys.find(words[0], "s")


def _getset(keys: Keys, words: list[bytes]) -> Any:
    before = keys.find(words[0], "s")
    keys.put(words[0], "s", words[1])
    return before


def _getdel(keys: Keys, words: list[bytes]) -> Any:
    before = keys.find(words[0], "s")
    keys.drop(words[0])
    return before


def _mset(keys: Keys, words: list[bytes]) -> Any:
    if len(words) % 2:
        raise Failed("ERR wrong number of arguments for 'mset' command")
    for key, value in zip(words[::2], words[1::2], strict=True):
        keys.put(key, "s", value)
    return OK


def _mget(keys: Keys, words: list[bytes]) -> Any:
    return [entry[1] if (entry := keys.entry(word)) is not None and entry[0] == "s" else None for word in words]


def _append(keys: Keys, words: list[bytes]) -> Any:
    keys.put(words[0], "s", (keys.find(words[0], "s") or b"") + words[1], keep=True)
    return len(keys.find(words[0]))


def _incr(sign: int, by: bool) -> Callable[[Keys, list[bytes]], Any]:
    def incr(keys: Keys, words: list[bytes]) -> Any:
        found = number(keys.find(words[0], "s") or b"0") + sign * (number(words[1]) if by else 1)
        keys.put(words[0], "s", b"%d" % found, keep=True)
        return found

    return incr


def _incrbyfloat(keys: Keys, words: list[bytes]) -> Any:
    found = plain(real(keys.find(words[0], "s") or b"0") + real(words[1]))
    keys.put(words[0], "s", found, keep=True)
    return found


def _getrange(keys: Keys, words: list[bytes]) -> Any:
    value = keys.find(words[0], "s") or b""
    return value[slice_of(len(value), number(words[1]), number(words[2]))]


def _setrange(keys: Keys, words: list[bytes]) -> Any:
    at, value = number(words[1]), keys.find(words[0], "s") or b""
    if at + len(words[2]) > MOST_VALUE:
        raise Failed("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    value = value.ljust(at, b"\0")
    keys.put(words[0], "s", value[:at] + words[2] + value[at + len(words[2]):], keep=True)
    return len(keys.find(words[0]))


def _bit(keys: Keys, words: list[bytes]) -> Any:
    at, value = number(words[1]), keys.find(words[0], "s") or b""
    before = value[at // 8] >> 7 - at % 8 & 1 if at // 8 < len(value) else 0
    if len(words) > 2:
        if at // 8 > MOST_VALUE:
            raise Failed("ERR bit offset is not an integer or out of range")
        changed = bytearray(value.ljust(at // 8 + 1, b"\0"))
        changed[at // 8] = changed[at // 8] & ~(1 << 7 - at % 8) | number(words[2]) << 7 - at % 8
        keys.put(words[0], "s", bytes(changed), keep=True)
    return before


# Lists

def _push(left: bool, only: bool) -> Callable[[Keys, list[bytes]], Any]:
    def push(keys: Keys, words: list[bytes]) -> Any:
        if only and keys.find(words[0], "l") is None:
            return 0
        items = keys.make(words[0], "l")
        for word in words[1:]:
            items.insert(0 if left else len(items), word)
        return len(items)

    return push


def _pop(left: bool) -> Callable[[Keys, list[bytes]], Any]:
    def pop(keys: Keys, words: list[bytes]) -> Any:
        items = keys.find(words[0], "l")
        if not items:
            return None
        count = number(words[1]) if len(words) > 1 else 1
        taken = [items.pop(0 if left else -1) for _ in range(min(count, len(items)))]
        keys.tidy(words[0])
        return taken if len(words) > 1 else taken[0]

    return pop


def _lrange(keys: Keys, words: list[bytes]) -> Any:
    items = keys.find(words[0], "l") or []
    return list(items[slice_of(len(items), number(words[1]), number(words[2]))])


def _lindex(keys: Keys, words: list[bytes]) -> Any:
    items, at = keys.find(words[0], "l") or [], number(words[1])
    return items[at] if -len(items) <= at < len(items) else None


def _lset(keys: Keys, words: list[bytes]) -> Any:
    items, at = keys.find(words[0], "l"), number(words[1])
    if items is None:
        raise Failed("ERR no such key")
    if not -len(items) <= at < len(items):
        raise Failed("ERR index out of range")
    items[at] = words[2]
    keys.changed = True
    return OK


def _lrem(keys: Keys, words: list[bytes]) -> Any:
    items, count = keys.find(words[0], "l") or [], number(words[1])
    places = [at for at, each in enumerate(items) if each == words[2]]
    places = places[::-1][:-count] if count < 0 else places[:count] if count else places
    for at in sorted(places, reverse=True):
        del items[at]
    keys.tidy(words[0])
    return len(places)


def _ltrim(keys: Keys, words: list[bytes]) -> Any:
    items = keys.find(words[0], "l") or []
    items[:] = items[slice_of(len(items), number(words[1]), number(words[2]))]
    keys.tidy(words[0])
    return OK


def _linsert(keys: Keys, words: list[bytes]) -> Any:
    items = keys.find(words[0], "l")
    if items is None:
        return 0
    if words[2] not in items:
        return -1
    items.insert(items.index(words[2]) + (text(words[1]).upper() == "AFTER"), words[3])
    keys.changed = True
    return len(items)


def _move(keys: Keys, source: bytes, target: bytes, left: bool, to_left: bool) -> Any:
    items = keys.find(source, "l")
    if not items:
        return None
    keys.find(target, "l")
    taken = items.pop(0 if left else -1)
    there = keys.make(target, "l")
    there.insert(0 if to_left else len(there), taken)
    keys.tidy(source)
    return taken


def _lmove(keys: Keys, words: list[bytes]) -> Any:
    return _move(keys, words[0], words[1], text(words[2]).upper() == "LEFT", text(words[3]).upper() == "LEFT")


# Hashes

def _hset(keys: Keys, words: list[bytes]) -> Any:
    if len(words) % 2 == 0:
        raise Failed("ERR wrong number of arguments for 'hset' command")
    fields = keys.make(words[0], "h")
    before = len(fields)
    for name, value in zip(words[1::2], words[2::2], strict=True):
        fields[text(name)] = value
    return len(fields) - before


def _hmset(keys: Keys, words: list[bytes]) -> Any:
    _hset(keys, words)
    return OK


def _hsetnx(keys: Keys, words: list[bytes]) -> Any:
    return 0 if text(words[1]) in (keys.find(words[0], "h") or {}) else _hset(keys, words)


def _hmget(keys: Keys, words: list[bytes]) -> Any:
    fields = keys.find(words[0], "h") or {}
    return [fields.get(text(word)) for word in words[1:]]


def _hget(keys: Keys, words: list[bytes]) -> Any:
    return _hmget(keys, words)[0]


def _hgetall(keys: Keys, words: list[bytes]) -> Any:
    return [each for name, value in (keys.find(words[0], "h") or {}).items() for each in (octets(name), value)]


def _hdel(keys: Keys, words: list[bytes]) -> Any:
    fields = keys.find(words[0], "h") or {}
    count = sum(fields.pop(text(word), None) is not None for word in words[1:])
    keys.tidy(words[0])
    return count


def _hincrby(keys: Keys, words: list[bytes]) -> Any:
    try:
        found = number((keys.find(words[0], "h") or {}).get(text(words[1]), b"0")) + number(words[2])
    except Failed:
        raise Failed("ERR hash value is not an integer") from None
    keys.make(words[0], "h")[text(words[1])] = b"%d" % found
    return found


# Sets

def _sadd(keys: Keys, words: list[bytes]) -> Any:
    members = keys.make(words[0], "e")
    before = len(members)
    members.update(dict.fromkeys(map(text, words[1:]), 1))
    return len(members) - before


def _srem(keys: Keys, words: list[bytes]) -> Any:
    members = keys.find(words[0], "e") or {}
    count = sum(members.pop(text(word), None) is not None for word in words[1:])
    keys.tidy(words[0])
    return count


def _smembers(keys: Keys, words: list[bytes]) -> Any:
    return [octets(each) for each in keys.find(words[0], "e") or {}]


def _combined(how: str, store: bool) -> Callable[[Keys, list[bytes]], Any]:
    def combine(keys: Keys, words: list[bytes]) -> Any:
        those = [keys.find(word, "e") or {} for word in (words[1:] if store else words)]
        found = dict(those[0])
        for other in those[1:]:
            if how == "union":
                found.update(other)
            else:
                found = {name: 1 for name in found if (name in other) == (how == "inter")}
        if not store:
            return [octets(name) for name in found]
        keys.drop(words[0])
        if found:
            keys.put(words[0], "e", found)
        return len(found)

    return combine


def _sintercard(keys: Keys, words: list[bytes]) -> Any:
    return len(_combined("inter", False)(keys, words[1:1 + number(words[0])]))


def _spop(keys: Keys, words: list[bytes]) -> Any:
    members = keys.find(words[0], "e") or {}
    taken = keys.random.sample(list(members), number(words[1]) if len(words) > 1 else 1)
    for each in taken:
        del members[each]
    keys.tidy(words[0])
    found = [octets(each) for each in taken]
    return found if len(words) > 1 else found[0] if found else None


def _srandmember(keys: Keys, words: list[bytes]) -> Any:
    members = list(keys.find(words[0], "e") or {})
    found = [octets(each) for each in keys.random.sample(members, abs(number(words[1])) if len(words) > 1 else 1)]
    return found if len(words) > 1 else found[0] if found else None


# Sorted sets


def _pfadd(keys: Keys, words: list[bytes]) -> Any:
    return int(_sadd(keys, words) > 0)


def _size(kind: str) -> Callable[[Keys, list[bytes]], Any]:
    return lambda keys, words: len(keys.find(words[0], kind) or ())


def _flush(keys: Keys, words: list[bytes]) -> Any:
    keys.data.clear()
    keys.changed = True
    return OK


# name -> (function, least words, most words or None); W: it writes, for which a replica or a full memory refuses it
COMMANDS: dict[str, tuple[Callable[[Keys, list[bytes]], Any], int, int | None, bool]] = {
    "DEL": (_del, 1, None, True), "UNLINK": (_del, 1, None, True), "EXISTS": (_exists, 1, None, False),
    "KEYS": (_keys, 1, 1, False), "SCAN": (_scan, 1, None, False), "TYPE": (_type, 1, 1, False),
    "EXPIRE": (_expire(1000, False), 2, 3, True), "PEXPIRE": (_expire(1, False), 2, 3, True),
    "EXPIREAT": (_expire(1000, True), 2, 3, True), "PEXPIREAT": (_expire(1, True), 2, 3, True),
    "TTL": (_ttl(1000), 1, 1, False), "PTTL": (_ttl(1), 1, 1, False), "PERSIST": (_persist, 1, 1, True),
    "RENAME": (_rename, 2, 2, True), "RANDOMKEY": (_randomkey, 0, 0, False), "OBJECT": (_encoding, 1, 2, False),
    "DBSIZE": (lambda keys, words: len(keys.names()), 0, 0, False), "FLUSHDB": (_flush, 0, 1, True),
    "SET": (_set, 2, None, True), "SETNX": (_setnx, 2, 2, True), "SETEX": (_setex(1000), 3, 3, True),
    "PSETEX": (_setex(1), 3, 3, True), "GET": (_get, 1, 1, False), "GETSET": (_getset, 2, 2, True),
    "GETDEL": (_getdel, 1, 1, True), "MSET": (_mset, 2, None, True), "MGET": (_mget, 1, None, False),
    "APPEND": (_append, 2, 2, True),
    "STRLEN": (lambda keys, words: len(keys.find(words[0], "s") or b""), 1, 1, False),
    "INCR": (_incr(1, False), 1, 1, True), "DECR": (_incr(-1, False), 1, 1, True),
    "INCRBY": (_incr(1, True), 2, 2, True), "DECRBY": (_incr(-1, True), 2, 2, True),
    "INCRBYFLOAT": (_incrbyfloat, 2, 2, True), "GETRANGE": (_getrange, 3, 3, False),
    "SUBSTR": (_getrange, 3, 3, False), "SETRANGE": (_setrange, 3, 3, True), "SETBIT": (_bit, 3, 3, True),
    "GETBIT": (_bit, 2, 2, False),
    "BITCOUNT": (lambda keys, words: sum(bin(byte).count("1") for byte in keys.find(words[0], "s") or b""), 1, 3,
        False),
    "LPUSH": (_push(True, False), 2, None, True), "RPUSH": (_push(False, False), 2, None, True),
    "LPUSHX": (_push(True, True), 2, None, True), "RPUSHX": (_push(False, True), 2, None, True),
    "LPOP": (_pop(True), 1, 2, True), "RPOP": (_pop(False), 1, 2, True), "LRANGE": (_lrange, 3, 3, False),
    "LLEN": (_size("l"), 1, 1, False), "LINDEX": (_lindex, 2, 2, False), "LSET": (_lset, 3, 3, True),
    "LREM": (_lrem, 3, 3, True), "LTRIM": (_ltrim, 3, 3, True), "LINSERT": (_linsert, 4, 4, True),
    "RPOPLPUSH": (lambda keys, words: _move(keys, words[0], words[1], False, True), 2, 2, True),
    "LMOVE": (_lmove, 4, 4, True), "HSET": (_hset, 3, None, True), "HMSET": (_hmset, 3, None, True),
    "HSETNX": (_hsetnx, 3, 3, True), "HGET": (_hget, 2, 2, False), "HMGET": (_hmget, 2, None, False),
    "HGETALL": (_hgetall, 1, 1, False), "HDEL": (_hdel, 2, None, True), "HLEN": (_size("h"), 1, 1, False),
    "HEXISTS": (lambda keys, words: int(_hget(keys, words) is not None), 2, 2, False),
    "HKEYS": (lambda keys, words: _hgetall(keys, words)[::2], 1, 1, False),
    "HVALS": (lambda keys, words: _hgetall(keys, words)[1::2], 1, 1, False), "HINCRBY": (_hincrby, 3, 3, True),
    "SADD": (_sadd, 2, None, True), "SREM": (_srem, 2, None, True), "SMEMBERS": (_smembers, 1, 1, False),
    "SCARD": (_size("e"), 1, 1, False),
    "SISMEMBER": (lambda keys, words: int(text(words[1]) in (keys.find(words[0], "e") or {})), 2, 2, False),
    "SUNION": (_combined("union", False), 1, None, False), "SINTER": (_combined("inter", False), 1, None, False),
    "SDIFF": (_combined("diff", False), 1, None, False), "SUNIONSTORE": (_combined("union", True), 2, None, True),
    "SINTERSTORE": (_combined("inter", True), 2, None, True), "SDIFFSTORE": (_combined("diff", True), 2, None, True),
    "SINTERCARD": (_sintercard, 2, None, False), "SPOP": (_spop, 1, 2, True),
    "SRANDMEMBER": (_srandmember, 1, 2, False), "ZADD": (zadd, 3, None, True),
    "ZRANGE": (zrange(False), 3, None, False), "ZREVRANGE": (zrange(True), 3, 4, False),
    "ZRANGEBYSCORE": (by_score(False), 3, None, False), "ZREVRANGEBYSCORE": (by_score(True), 3, None, False),
    "ZSCORE": (zscore, 2, 2, False), "ZRANK": (zrank(False), 2, 2, False), "ZREVRANK": (zrank(True), 2, 2, False),
    "ZREM": (zrem, 2, None, True), "ZCARD": (_size("z"), 1, 1, False), "ZCOUNT": (zcount, 3, 3, False),
    "ZINCRBY": (zincrby, 3, 3, True), "PFADD": (_pfadd, 2, None, True), "PFCOUNT": (_size("e"), 1, None, False),
}


def run(keys: Keys, words: list[bytes]) -> Any:
    """Run one command of the data; return its reply, a Problem where it fails. None of them: raise KeyError."""
    name = text(words[0])
    function, least, most, _ = COMMANDS[name.upper()]
    if not least <= len(words) - 1 or (most is not None and len(words) - 1 > most):
        return Problem(f"ERR wrong number of arguments for '{name.lower()}' command")
    try:
        return function(keys, words[1:])
    except Failed as error:
        return Problem(str(error))
