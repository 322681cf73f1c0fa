"""Metrics as Prometheus reads them (prometheus/common, expfmt/text_create.go)."""

from __future__ import annotations

from ..go.fmt import format_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def metric(name: str, type_: str, help_: str, samples: Iterable[tuple[dict[str, str], float]],
           moment: float | None = None) -> str:
    """Return a family of metrics, "" where it has no samples.

    A sample is (labels, value); `type_` is counter or gauge; `moment`: the seconds since 1970 that the values are of,
    None where that is not told.
    """
    stamp = "" if moment is None else f" {int(moment * 1000)}"
    lines = [f"{name}{_labels(labels)} {format_float(value) if value else 0}{stamp}" for labels, value in samples]
    return "\n".join([f"# HELP {name} {help_}", f"# TYPE {name} {type_}", *lines]) + "\n" if lines else ""


def _labels(labels: dict[str, str]) -> str:
    told = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in sorted(labels.items()))
    return f"{{{told}}}" if told else ""
