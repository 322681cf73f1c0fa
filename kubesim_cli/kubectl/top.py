"""kubectl top node and pod: what they check, and what they say where no metrics are served."""

from __future__ import annotations

from .context import Failure, Usage


def node(ctx, flags, args):
    """kubectl top node [NAME | -l label]"""
    _top(ctx, flags, args, "node", flags["selector"], "--selector")


def pod(ctx, flags, args):
    """kubectl top pod [NAME | -l label]"""
    _top(ctx, flags, args, "pod", flags["selector"] or flags["field-selector"], "selector")


def _top(ctx, flags, args, what: str, selector: str, word: str) -> None:
    if len(args) > 1:
        raise Usage(f"{what} [NAME | -l label]")
    if flags["sort-by"] not in ("", "cpu", "memory"):
        raise Failure("--sort-by accepts only cpu or memory")
    if args and selector:
        raise Failure(f"only one of NAME or {word} can be provided")
    raise Failure("Metrics API not available")
