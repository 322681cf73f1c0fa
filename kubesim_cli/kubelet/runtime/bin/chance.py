"""Programs whose output is chance: by the container's seed, so that the same start gives the same bytes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process


def _shuf(process: Process) -> int | None:
    from .operands import Arguments

    given = Arguments(process, "nio")
    if given.has("e"):
        lines = given.words
    elif "i" in given.values:
        low, _, high = given.values["i"].partition("-")
        if int(high) - int(low) > 5_000_000:
            return process.complain("memory exhausted")
        lines = [str(each) for each in range(int(low), int(high) + 1)]
    elif given.words and given.words[0] != "-":
        lines = process.read_file(given.words[0]).decode("utf-8", "surrogateescape").splitlines()
    else:
        if process.memory is None:
            process.memory = bytearray()
        while True:
            data = process.read()
            if data is None:
                return None
            if not data:
                break
            process.memory += data
        lines = process.memory.decode("utf-8", "surrogateescape").splitlines()
    random = process.space.random
    count = int(given.values["n"]) if "n" in given.values else len(lines)
    chosen = [random.choice(lines) for _ in range(count)] if given.has("r") and lines else random.sample(lines,
        min(count, len(lines)))
    process.write("".join(line + "\n" for line in chosen))
    return 0


def _uuidgen(process: Process) -> int:
    bits = process.space.random.bits(128)
    text = f"{bits & ~(0xf << 76) | 4 << 76:032x}"
    text = text[:16] + "89ab"[int(text[16], 16) % 4] + text[17:]
    process.write(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}\n")
    return 0


PROGRAMS = {"shuf": _shuf, "uuidgen": _uuidgen}
