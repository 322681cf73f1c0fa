"""Integer expressions: $((...)), ((...)), let, and subscripts. 64 bits, C's operators and their precedence."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Shell

    Compute = Callable[[Shell], int]

_LEVELS = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"), ("+", "-"),
           ("*", "/", "%"))
_ASSIGN = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|=")
_OPERATORS = ("<<=", ">>=", "**", "++", "--", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+=", "-=", "*=", "/=",
              "%=",
              "&=", "^=", "|=", "+", "-", "*", "/", "%", "<", ">", "=", "!", "~", "&", "|", "^", "?", ":", "(", ")",
              ",",
              "[", "]")
_DEEP = 64


class ArithmeticError_(Exception):
    """`message`: what is wrong; `text`: the expression, and `token` where in it."""

    def __init__(self, message: str, text: str = "", token: str = ""):
        super().__init__(message)
        self.message, self.text, self.token = message, text, token


def wrap(value: int) -> int:
    """Return a number as 64 bits hold it."""
    if -0x8000000000000000 <= value <= 0x7fffffffffffffff:
        return value
    return ((value + 0x8000000000000000) & 0xffffffffffffffff) - 0x8000000000000000


_compiled: dict[str, Compute] = {}


def compiled(text: str) -> Compute:
    """Return the function that computes an expression in a shell."""
    found = _compiled.get(text)
    if found is None:
        if len(_compiled) > 2000:
            _compiled.clear()
        found = _Reader(text).expression()
        if "/" in text or "%" in text:
            found = _told(text, found)
        _compiled[text] = found
    return found


def _told(text: str, compute: Compute) -> Compute:
    """A division by zero tells the expression."""

    def told(sh: Shell) -> int:
        try:
            return compute(sh)
        except ArithmeticError_ as error:
            if error.message == "division by zero":
                error.text, error.token = error.text or text.strip(), error.token or "0"
            raise

    return told


def evaluate(sh: Shell, text: str) -> int:
    """Return an expression's value; raise ArithmeticError_."""
    return compiled(text)(sh)


class _Reader:
    def __init__(self, text: str):
        self.text, self.at, self.deep = text, 0, 0
        self.token = ""
        self._next()

    def _next(self) -> str:
        """Step to the next token; return the one before."""
        was, text, size = self.token, self.text, len(self.text)
        while self.at < size and text[self.at] in " \t\n\"":
            self.at += 1
        start = self.at
        if start >= size:
            self.token = ""
        elif text[start].isalnum() or text[start] in "_@":
            while self.at < size and (text[self.at].isalnum() or text[self.at] in "_#@"):
                self.at += 1
            self.token = text[start:self.at]
        else:
            found = next((each for each in _OPERATORS if text.startswith(each, start)), None)
            if found is None:
                raise self._fail("syntax error")
            self.at += len(found)
            self.token = found
        return was

    def _fail(self, what: str) -> ArithmeticError_:
        return ArithmeticError_(what, self.text, self.token)

    def expression(self) -> Compute:
        if not self.token:
            return lambda sh: 0
        found = self._comma()
        if self.token:
            raise self._fail("expecting EOF")
        return found

    def _comma(self) -> Compute:
        left = self._assignment()
        while self.token == ",":
            self._next()
            left = _second(left, self._assignment())
        return left

    def _assignment(self) -> Compute:
        self.deep += 1
        if self.deep > _DEEP:
            raise self._fail("expression recursion level exceeded")
        start, before = self.at, self.token
        if before and (before[0].isalpha() or before[0] == "_"):
            self._next()
            key = self._subscript()
            if self.token in _ASSIGN:
                operator = self._next()
                found = _assign(before, key, operator[:-1], self._assignment())
                self.deep -= 1
                return found
            self.at, self.token = start, before
        found = self._ternary()
        self.deep -= 1
        return found

    def _ternary(self) -> Compute:
        test = self._binary(0)
        if self.token != "?":
            return test
        self._next()
        yes = self._comma()
        if self._next() != ":":
            raise self._fail("expecting ':'")
        no = self._assignment()
        return lambda sh: yes(sh) if test(sh) else no(sh)

    def _binary(self, level: int) -> Compute:
        if level == len(_LEVELS):
            return self._power()
        left = self._binary(level + 1)
        while self.token in _LEVELS[level]:
            operator = self._next()
            left = _operation(operator, left, self._binary(level + 1))
        return left

    def _power(self) -> Compute:
        base = self._unary()
        if self.token != "**":
            return base
        self._next()
        exponent = self._power()

        def power(sh: Shell) -> int:
            times = exponent(sh)
            if times < 0:
                raise ArithmeticError_("exponent less than 0")
            return wrap(pow(base(sh), times, 1 << 64))

        return power

    def _unary(self) -> Compute:
        token = self.token
        if token in ("++", "--"):
            self._next()
            name = self._next()
            return _step(name, self._subscript(), 1 if token == "++" else -1, True)
        if token in ("+", "-", "!", "~"):
            self._next()
            self.deep += 1
            if self.deep > _DEEP:
                raise self._fail("expression recursion level exceeded")
            inner = self._unary()
            self.deep -= 1
            if token == "-":
                return lambda sh: wrap(-inner(sh))
            if token == "!":
                return lambda sh: int(not inner(sh))
            return (lambda sh: ~inner(sh)) if token == "~" else inner
        return self._primary()

    def _subscript(self) -> Compute | None:
        if self.token != "[":
            return None
        self._next()
        key = self._comma()
        if self._next() != "]":
            raise self._fail("syntax error")
        return key

    def _primary(self) -> Compute:
        token = self._next()
        if token == "(":
            inner = self._comma()
            if self._next() != ")":
                raise self._fail("expecting ')'")
            return inner
        if not token or not (token[0].isalnum() or token[0] == "_"):
            raise self._fail("expecting primary")
        if token[0].isdigit():
            value = number(token)
            if value is None:
                raise self._fail("expecting EOF")
            return lambda sh: value
        key = self._subscript()
        if self.token in ("++", "--"):
            return _step(token, key, 1 if self._next() == "++" else -1, False)
        return lambda sh: _value(sh, token, key)


def number(text: str) -> int | None:
    """Return what a number is worth: decimal, 0octal, 0xhex, base#digits; None where it is none."""
    try:
        if "#" in text:
            base, _, digits = text.partition("#")
            return wrap(int(digits, int(base)))
        if text[:2] in ("0x", "0X"):
            return wrap(int(text, 16))
        return wrap(int(text, 8) if text[0] == "0" and len(text) > 1 else int(text))
    except ValueError:
        return None


def _value(sh: Shell, name: str, key: Compute | None = None, depth: int = 0) -> int:
    text = sh.get(name) if key is None else sh.element(name, str(key(sh)))
    if text is None:
        if sh.option("u"):
            raise ArithmeticError_(f"{name}: {sh.words('unset')}")
        return 0
    try:
        if text[:1] != "0" and "_" not in text:
            return wrap(int(text))
    except ValueError:
        pass
    text = text.strip()
    if not text:
        return 0
    value = number(text) if text[0].isdigit() and text.isalnum() else None
    if value is not None:
        return value
    if sh.dialect == "dash":
        sign = text[:1] in "+-" and number(text[1:] or "x")
        if sign is not None and sign is not False:
            return wrap(-sign if text[0] == "-" else sign)
        raise ArithmeticError_(f"Illegal number: {text}")
    if depth > 20:
        raise ArithmeticError_(f"{name}: expression recursion level exceeded")
    if text.isdigit():
        raise ArithmeticError_("value too great for base", text, text)
    if text.isidentifier():
        return _value(sh, text, None, depth + 1)
    return evaluate(sh, text)


def _store(sh: Shell, name: str, key: Compute | None, value: int) -> int:
    value = wrap(value)
    if key is None:
        sh.set(name, str(value))
    else:
        sh.set_element(name, str(key(sh)), str(value))
    return value


def _second(left: Compute, right: Compute) -> Compute:
    def both(sh: Shell) -> int:
        left(sh)
        return right(sh)

    return both


def _assign(name: str, key: Compute | None, operator: str, value: Compute) -> Compute:
    if not operator:
        return lambda sh: _store(sh, name, key, value(sh))
    combined = _operation(operator, lambda sh: _value(sh, name, key), value)
    return lambda sh: _store(sh, name, key, combined(sh))


def _step(name: str, key: Compute | None, by: int, before: bool) -> Compute:
    def step(sh: Shell) -> int:
        was = _value(sh, name, key)
        now = _store(sh, name, key, was + by)
        return now if before else was

    return step


def _divide(a: int, b: int, rest: bool) -> int:
    if not b:
        raise ArithmeticError_("division by zero")
    whole = abs(a) // abs(b)
    if (a < 0) != (b < 0):
        whole = -whole
    return a - whole * b if rest else wrap(whole)


def _operation(operator: str, a: Compute, b: Compute) -> Compute:
    if operator == "+":
        return lambda sh: wrap(a(sh) + b(sh))
    if operator == "-":
        return lambda sh: wrap(a(sh) - b(sh))
    if operator == "*":
        return lambda sh: wrap(a(sh) * b(sh))
    if operator in ("/", "%"):
        rest = operator == "%"
        return lambda sh: _divide(a(sh), b(sh), rest)
    if operator == "&&":
        return lambda sh: int(bool(a(sh)) and bool(b(sh)))
    if operator == "||":
        return lambda sh: int(bool(a(sh)) or bool(b(sh)))
    if operator == "<<":
        return lambda sh: wrap(a(sh) << (b(sh) & 63))
    if operator == ">>":
        return lambda sh: a(sh) >> (b(sh) & 63)
    plain = {"|": int.__or__, "^": int.__xor__, "&": int.__and__, "==": int.__eq__, "!=": int.__ne__, "<=": int.__le__,
             ">=": int.__ge__, "<": int.__lt__, ">": int.__gt__}[operator]
    return lambda sh: int(plain(a(sh), b(sh)))
