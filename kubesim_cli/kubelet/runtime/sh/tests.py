"""Conditions: test and [, [[ ... ]], and (( ... ))."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import arithmetic, expand, messages, patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.files import Inode
    from . import syntax
    from .codes import Operation
    from .parameters import Text
    from .shell import Shell

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__, "-ge": int.__ge__}
_UNARY = frozenset(["-a", "-b", "-c", "-d", "-e", "-f", "-g", "-h", "-k", "-L", "-n", "-N", "-o", "-O", "-G", "-p",
                    "-r", "-s", "-S", "-t", "-u", "-v", "-w", "-x", "-z"])
_BINARY = frozenset(("=", "==", "!=", "<", ">", "-nt", "-ot", "-ef", *_NUMBERS))


class TestError(Exception):
    """`message`: what is wrong with a test's arguments."""

    __test__ = False  # for pytest

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def _inode(sh: Shell, path: str, follow: bool = True) -> Inode | None:
    try:
        return sh.process.space.tree.find(path, sh.process.cwd, sh.process.user, follow).inode
    except Errno:
        return None


def unary(sh: Shell, operator: str, value: str) -> bool:
    """Work out a test of one operand."""
    if operator == "-n":
        return bool(value)
    if operator == "-z":
        return not value
    if operator == "-t":
        what = sh.process.fds.get(int(value)) if value.isdigit() else None
        return what is not None and what.terminal
    if operator == "-v":
        name, bracket, key = value.partition("[")
        return (sh.element(name, key[:-1]) if bracket else sh.get(name)) is not None
    if operator == "-o":
        return sh.option(value)
    inode = _inode(sh, value, operator not in ("-h", "-L"))
    if inode is None:
        return False
    user = sh.process.user
    if operator in ("-r", "-w", "-x"):
        return inode.allows(user, {"-r": 4, "-w": 2, "-x": 1}[operator])
    if operator in ("-u", "-g", "-k"):
        return bool(inode.mode & {"-u": 0o4000, "-g": 0o2000, "-k": 0o1000}[operator])
    if operator in ("-O", "-G"):
        return inode.uid == user.uid if operator == "-O" else inode.gid == user.gid
    if operator == "-s":
        return inode.size > 0
    wanted = {"-d": "d", "-f": "fv", "-h": "l", "-L": "l", "-c": "c", "-e": "", "-a": "", "-p": "p", "-S": "s",
              "-b": "b"}
    return not wanted.get(operator) or inode.kind in wanted[operator]


def _integer(sh: Shell, text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise TestError(f"{text}: integer expression expected" if sh.bash else f"Illegal number: {text}"
                        if sh.dialect == "dash" else f"{text}: bad number") from None


def binary(sh: Shell, operator: str, left: str, right: str) -> bool:
    """Work out a test of two operands."""
    if operator in _NUMBERS:
        return _NUMBERS[operator](_integer(sh, left), _integer(sh, right))
    if operator in ("=", "=="):
        return left == right
    if operator == "!=":
        return left != right
    if operator in ("<", ">"):
        return left < right if operator == "<" else left > right
    one, other = _inode(sh, left), _inode(sh, right)
    if operator == "-ef":
        return one is not None and one is other
    if not sh.bash and (one is None or other is None):
        return False
    if operator == "-ot":
        one, other = other, one
    return one is not None and (other is None or one.mtime > other.mtime)


def _doubled(sh: Shell, operator: str, left: str, right: str) -> bool:
    """Work out a test of two operands within the [[ of busybox (coreutils/test.c, binop)."""
    if operator in ("=", "==", "!="):
        return bool(patterns.matcher(right).fullmatch(left)) == (operator != "!=")
    if operator != "=~":
        return binary(sh, operator, left, right)
    sh.status = 0
    found = _regular(lambda sh: left, lambda sh: right)(sh)
    if sh.status:
        raise TestError("")  # of which nothing is said
    return found


class _Arguments:
    """Reads the arguments of test: or, and, not, parentheses. `doubled`: those of the [[ of busybox."""

    def __init__(self, sh: Shell, words: list[str], doubled: bool):
        self.sh, self.words, self.at = sh, words, 0
        self.and_, self.or_ = ("&&", "||") if doubled else ("-a", "-o")
        self.work, self.operators = (_doubled, _BINARY | {"=~"}) if doubled else (binary, _BINARY)

    def peek(self, ahead: int = 0) -> str | None:
        at = self.at + ahead
        return self.words[at] if at < len(self.words) else None

    def either(self) -> bool:
        found = self.both()
        while self.peek() == self.or_:
            self.at += 1
            found = self.both() or found
        return found

    def both(self) -> bool:
        found = self.negated()
        while self.peek() == self.and_:
            self.at += 1
            found = self.negated() and found
        return found

    def negated(self) -> bool:
        if self.peek() == "!" and self.peek(1) is not None:
            self.at += 1
            return not self.negated()
        return self.primary()

    def primary(self) -> bool:
        word, following = self.peek(), self.peek(1)
        if word is None:
            raise TestError("argument expected")
        if following in self.operators and self.peek(2) is not None:
            self.at += 3
            return self.work(self.sh, following, word, self.words[self.at - 1])
        if word == "(" and following is not None:
            self.at += 1
            found = self.either()
            if self.peek() != ")":
                raise TestError("closing paren expected")
            self.at += 1
            return found
        if word in _UNARY and following is not None:
            self.at += 2
            return unary(self.sh, word, following)
        self.at += 1
        return bool(word)


def _wrong(sh: Shell, words: list[str], at: int) -> str:
    if sh.bash:
        return (f"{words[0]}: unary operator expected" if len(words) == 2 else
                f"{words[1]}: binary operator expected" if len(words) == 3 else "too many arguments")
    last = words[-1]
    return f"{last}: argument expected" if last in _BINARY else f"{words[at - 1]}: unexpected operator"


def builtin(sh: Shell, argv: list[str]) -> int:
    """The command test, [, or the [[ of busybox, which is little more than that."""
    words, doubled = argv[1:], argv[0] == "[["
    try:
        if argv[0] in ("[", "[["):
            end = "]" * len(argv[0])
            if not words or words[-1] != end:
                raise TestError(f"missing `{end}'" if sh.bash else f"missing {end}")
            words = words[:-1]
        if len(words) == 3 and words[1] in _BINARY and not doubled:
            return int(not binary(sh, words[1], words[0], words[2]))
        if not words:
            return 1
        reader = _Arguments(sh, words, doubled)
        found = reader.either()
        if reader.at < len(words):
            raise TestError(_wrong(sh, words, reader.at))
        return int(not found)
    except TestError as error:
        if error.message:
            sh.complain(f"{argv[0]}: {error.message}")
        return 2


# [[ ... ]] and (( ... ))

def condition(node: syntax.Condition, after: int) -> Operation:
    """Compile [[ ... ]]."""
    work, line = _compile(node.test), node.line

    def test(sh: Shell) -> int:
        sh.line = line
        try:
            sh.status = int(not work(sh))
        except (TestError, arithmetic.ArithmeticError_) as error:
            sh.complain(f"[[: {error.message if isinstance(error, TestError) else messages.arithmetic(sh, error)}")
            sh.status = 1
        return after

    return test


def _compile(test: tuple) -> Callable[[Shell], bool]:  # type: ignore[type-arg]
    kind = test[0]
    if kind in ("and", "or"):
        left, right = _compile(test[1]), _compile(test[2])
        if kind == "and":
            return lambda sh: left(sh) and right(sh)
        return lambda sh: left(sh) or right(sh)
    if kind == "not":
        inner = _compile(test[1])
        return lambda sh: not inner(sh)
    if kind == "unary":
        operator, text = test[1], expand.text(test[2])
        return lambda sh: unary(sh, operator, text(sh))
    operator, one = test[1], expand.text(test[2])
    if operator == "=~":
        return _regular(one, _expression(test[3]))
    if operator in ("=", "==", "!="):
        wanted = expand.pattern(test[3])
        return lambda sh: bool(patterns.matcher(wanted(sh)).fullmatch(one(sh))) == (operator != "!=")
    other = expand.text(test[3])
    if operator in _NUMBERS:
        compare = _NUMBERS[operator]
        return lambda sh: compare(arithmetic.evaluate(sh, one(sh)), arithmetic.evaluate(sh, other(sh)))
    return lambda sh: binary(sh, operator, one(sh), other(sh))


def _expression(word: syntax.Word) -> Text:
    """A regular expression, in which what is quoted stands for itself."""
    import re

    functions = [(expand.part_text(part, False), part.quoted) for part in word.parts]
    return lambda sh: "".join([re.escape(function(sh)) if quoted else function(sh) for function, quoted in functions])


def _regular(text: Text, expression: Text) -> Callable[[Shell], bool]:
    def search(sh: Shell) -> bool:
        import re

        wanted = expression(sh)
        for name, inside in patterns.CLASSES.items():
            wanted = wanted.replace(f"[:{name}:]", inside)
        try:
            found = re.search(wanted, text(sh))
        except re.error:
            sh.status = 2
            return False
        sh.vars["BASH_REMATCH"] = (
            {} if found is None else {number: each or "" for number,
                                      each in enumerate((found.group(), *found.groups()))})
        return found is not None

    return search


def compute(expression: Text, line: int, after: int) -> Operation:
    """Compile (( ... ))."""

    def test(sh: Shell) -> int:
        sh.line = line
        try:
            sh.status = int(expression(sh) == "0")
        except arithmetic.ArithmeticError_ as error:
            sh.complain(f"((: {messages.arithmetic(sh, error)}")
            sh.status = 1
        return after

    return test
