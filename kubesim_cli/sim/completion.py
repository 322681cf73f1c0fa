"""What may come next behind `kubesim sim`, told as `kubectl __complete` tells it (kubectl/cli/completion.py)."""

from __future__ import annotations

import sys

from ..kubectl.cli.completion import NO_FILES


def complete(words: list[str], as_kubectl: bool) -> bool:
    """Print the candidates for `words`: `__complete` or `__completeNoDesc`, the words so far and the last, partial one.

    Returns False where kubectl's own completion has to go on, before which `sim` may stand as one more verb.
    """
    if words[1:2] != ["sim"] or len(words) == 2:
        if len(words) == 2 and "sim".startswith(words[1]) and not as_kubectl:
            _tell([("sim", "What only a simulated cluster can do")], words[0] == "__complete")
        return False
    from click.shell_completion import ShellComplete

    from .cli import whole

    found = ShellComplete(whole(), {}, "kubesim sim", "").get_completions(words[2:-1], words[-1])
    plain = [(str(item.value), item.help or "") for item in found if item.type == "plain"]
    _tell(plain, words[0] == "__complete")
    sys.stdout.write(f":{0 if len(plain) < len(found) else NO_FILES}\n")  # the others stand for files and folders
    return True


def _tell(candidates: list[tuple[str, str]], described: bool) -> None:
    for word, text in candidates:
        sys.stdout.write(f"{word}\t{text}\n" if described and text else f"{word}\n")
    sys.stdout.flush()
