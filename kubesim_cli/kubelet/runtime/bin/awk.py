"""awk's programs, looked at before the library plays them: which files they name, and which commands they start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

NAMES = ("awk", "gawk", "mawk")
_BEFORE_A_REGEX = frozenset("(,{;!~&|=<>?:+-*%^\n")
_KEYWORDS = frozenset(("print", "printf", "return", "in", "if", "else", "while", "for", "do"))
_FUNCTION = "_started"  # of the library's awk, which gives a command as the library is to start it
_PATTERN = r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|[A-Za-z_]\w*|[0-9.]+|\|\||\|&|&&|>>|[ \t]+|\\\n|.'


def inline(process: Process, words: list[str]) -> list[str]:
    """Return an awk's arguments with the programs of -f in their place as text, where these can be read."""
    from ..kernel.errors import Errno

    texts: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-F", "-v") and at + 1 < len(words):
            rest += words[at:at + 2]
            at += 2
        elif word == "-f" and at + 1 < len(words):
            try:
                texts.append(process.read_file(words[at + 1]).decode("utf-8", "surrogateescape"))
            except Errno:
                return words
            at += 2
        elif word[:1] == "-" and len(word) > 1 and word != "--":
            rest.append(word)
            at += 1
        else:
            break
    return [*rest, "\n".join(texts), *words[at:]] if texts else words


def place(words: list[str]) -> int:
    """Return where in an awk's arguments its program stands, len(words) where there is none."""
    at = 0
    while at < len(words) and words[at][:1] == "-" and len(words[at]) > 1:
        if words[at] == "--":
            return at + 1
        at += 2 if words[at] in ("-F", "-v") else 1
    return at


def tokens(program: str) -> list[str]:
    """Return the tokens of a program, spaces, comments and ends of lines among them."""
    import re

    found: list[str] = []
    at, last = 0, "\n"
    pattern = re.compile(_PATTERN, re.DOTALL)
    regex = re.compile(r"/(?:[^/\\\n\[]|\\.|\[\]?[^\]\n]*\])+/")
    while at < len(program):
        match = regex.match(program, at) if program[at] == "/" and (
            last[-1] in _BEFORE_A_REGEX or last in _KEYWORDS) else None
        match = match or pattern.match(program, at)
        assert match is not None
        found.append(match.group())
        at = match.end()
        if found[-1].strip(" \t\\") and found[-1][0] != "#":
            last = found[-1]
    return found


def paths(program: str) -> list[str]:
    """Return what files a program may read or write, as far as its texts tell; a folder ends with a slash."""
    if "getline" not in program and ">" not in program:
        return []
    texts = [token[1:-1] for token in tokens(program) if token[0] == '"' and len(token) > 2]
    return [text for text in texts if text != "/" and not any(each in text for each in " \t\\%*?\n")]


def reads(words: list[str]) -> bool:
    """Tell whether an awk reads its input: a program of only a BEGIN action does not."""
    at = place(words)
    text = words[at].strip() if at < len(words) else ""
    if not text.startswith("BEGIN"):
        return True
    depth = 0
    those = tokens(text)
    for number, token in enumerate(those):
        depth += (token == "{") - (token == "}")
        if token == "}" and not depth:
            return bool("".join(those[number + 1:]).strip()) or _reads_a_line(those)
    return _reads_a_line(those)


def _reads_a_line(those: list[str]) -> bool:
    """Tell whether a program has a getline that is neither of a command nor of a file."""
    words = [token for token in those if token.strip()]
    return any(token == "getline" and (not at or words[at - 1] != "|") and "<" not in words[at + 1:at + 3]
               for at, token in enumerate(words))


def commands(program: str, runner: str) -> str:
    """Return a program that starts its commands by `runner`, which gets each as one argument."""
    if "system" not in program and "|" not in program:
        return program
    those = tokens(program)
    opens: dict[int, int] = {}   # at which token so many wrappings begin
    closes: dict[int, int] = {}  # and after which they end
    used: set[str] = set()

    def wrap(first: int, last: int) -> None:
        """Have the command be told that the tokens from `first` to before `last` are."""
        while first < last and not those[first].strip():
            first += 1
        while first < last and not those[last - 1].strip():
            last -= 1
        if first < last:
            opens[first] = opens.get(first, 0) + 1
            closes[last - 1] = closes.get(last - 1, 0) + 1
            used.add("".join(those[first:last]))

    for at, token in enumerate(those):
        after = _next(those, at + 1)
        if token == "system" and after < len(those) and those[after] == "(":
            wrap(after + 1, _closing(those, after))
        elif token == "|" and after < len(those) and those[after] == "getline":
            wrap(_operand(those, at), at)
        elif token == "|":
            wrap(at + 1, _end(those, at + 1))
    for at, token in enumerate(those):
        after = _next(those, at + 1)
        if token == "close" and after < len(those) and those[after] == "(":
            last = _closing(those, after)
            if "".join(those[after + 1:last]).strip() in used:
                wrap(after + 1, last)
    if not used:
        return program
    text = "".join(f"{_FUNCTION}(" * opens.get(at, 0) + token + ")" * closes.get(at, 0)
                   for at, token in enumerate(those))
    quoting = r'gsub(/\047/, "\047\\\047\047", command)'
    return f'{text}\nfunction {_FUNCTION}(command) {{ {quoting}; return "{runner} \\047" command "\\047" }}'


def _next(those: list[str], at: int) -> int:
    while at < len(those) and those[at] in (" ", "\t"):
        at += 1
    return at


def _closing(those: list[str], at: int) -> int:
    """Return where the parenthesis is closed that is opened at a token."""
    depth = 0
    for end in range(at, len(those)):
        depth += (those[end] in "([") - (those[end] in ")]")
        if not depth:
            return end
    return len(those)


def _operand(those: list[str], at: int) -> int:
    """Return where what stands before a token begins: texts, names and what is in parentheses, side by side."""
    first = at
    while first:
        token = those[first - 1]
        if token in (")", "]"):
            depth = 0
            while first:
                first -= 1
                depth += (those[first] in (")", "]")) - (those[first] in ("(", "["))
                if not depth:
                    break
        elif not token.strip(" \t") or token[0] == '"' or (
                (token[0].isalnum() or token[0] in "_$.") and token not in _KEYWORDS):
            first -= 1
        else:
            break
    return first


def _end(those: list[str], at: int) -> int:
    """Return where a statement ends."""
    depth = 0
    while at < len(those):
        token = those[at]
        if not depth and token in (";", "}", "\n"):
            return at
        depth += (token in ("(", "[")) - (token in (")", "]"))
        at += 1
    return at
