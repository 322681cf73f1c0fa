"""klog's lines: severity, date, time, process, source, text."""

import re
from types import SimpleNamespace

from kubesim_cli.kubectl.util import klog


def test_a_line():
    lines = []
    klog.tell(SimpleNamespace(now=1704067200.25, err=lines.append), "E", "diff.go:723", "text")
    assert re.fullmatch(r"E\d{4} \d\d:\d\d:\d\d\.250000 +\d+ diff\.go:723] text\n", lines[0])
