"""crypt(3): passwords as /etc/shadow and htpasswd keep them: MD5 ($1$, Apache's $apr1$), SHA-256 and SHA-512 ($6$)."""

from __future__ import annotations

from functools import partial

from ....machinery.digest import new

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MD5_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5), (-1, -1, 11))
_ROUNDS = 5000
_LONGEST = 512  # bytes of a password: crypt(3) takes no more
STEPS = 5000    # that a program counts for a password


def _letters(value: int, count: int) -> str:
    out = ""
    for _ in range(count):
        out += _ALPHABET[value & 63]
        value >>= 6
    return out


def _packed(digest: bytes, order: list[tuple[int, int, int]]) -> str:
    out = ""
    for numbers in order:
        value = 0
        for number in numbers:
            value = value << 8 | (digest[number] if number >= 0 else 0)
        out += _letters(value, 4 - sum(number < 0 for number in numbers))
    return out


def md5(password: str, salt: str, magic: str = "$1$") -> str:
    """Return the hash of a password by MD5; `magic`: $1$ or $apr1$. The salt counts to 8 letters."""
    digest_of = partial(new, "md5")

    word, salted = password.encode()[:_LONGEST], salt[:8].encode()
    inner = digest_of(word + salted + word).digest()
    start = word + magic.encode() + salted + (inner * (len(word) // 16 + 1))[:len(word)]
    length = len(word)
    while length:
        start += b"\0" if length & 1 else word[:1]
        length >>= 1
    digest = digest_of(start).digest()
    for number in range(1000):
        text = word if number & 1 else digest
        text += (salted if number % 3 else b"") + (word if number % 7 else b"")
        digest = digest_of(text + (digest if number & 1 else word)).digest()
    return f"{magic}{salt[:8]}${_packed(digest, [*_MD5_ORDER])}"


def sha(password: str, salt: str, bits: int = 512) -> str:
    """Return the hash of a password by SHA-256 or SHA-512 in 5000 rounds (www.akkadia.org/drepper/SHA-crypt.txt)."""
    digest_of = partial(new, f"sha{bits}")
    size = bits // 8
    word, salted = password.encode()[:_LONGEST], salt[:16].encode()

    def stretched(block: bytes, length: int) -> bytes:
        return (block * (length // size + 1))[:length]

    other = digest_of(word + salted + word).digest()
    start = word + salted + stretched(other, len(word))
    length = len(word)
    while length:
        start += other if length & 1 else word
        length >>= 1
    digest = digest_of(start).digest()
    p = stretched(digest_of(word * len(word)).digest(), len(word))
    s = stretched(digest_of(salted * (16 + digest[0])).digest(), len(salted))
    for number in range(_ROUNDS):
        text = p if number & 1 else digest
        text += (s if number % 3 else b"") + (p if number % 7 else b"")
        digest = digest_of(text + (digest if number & 1 else p)).digest()
    step = 21 if bits == 512 else 10
    order, place = list[tuple[int, int, int]](), (0, step, 2 * step)
    for _ in range(step):
        order.append(place)
        a, b, c = place
        place = (b + 1, c + 1, a + 1) if bits == 512 else (c + 1, a + 1, b + 1)
    order.append((-1, -1, 63) if bits == 512 else (-1, 31, 30))
    return f"${'6' if bits == 512 else '5'}${salt[:16]}${_packed(digest, order)}"
