"""Write tests/verb_imports.txt: which modules the common verbs import.

    python hack/verb_imports.py

Start-up is most of what a command costs. A test compares what the verbs import with this file, and fails when it is
more; where that has to be, this script takes it over, and the change of the file shows it to whoever reads the change.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[1]
LIST = ROOT / "tests" / "verb_imports.txt"
STS = str(ROOT / "fixtures" / "sts-mariadb.yml")
FIRST = "first"  # the verb that stands for the first use of a cluster
VERBS = {
    FIRST: ["get", "sts,pods,pvc"],
    "get": ["get", "sts,pods,pvc"],
    "create": ["create", "configmap", "c", "--from-literal=a=b"],
    "scale": ["scale", "sts/sts-mariadb", "--replicas=2"],
    "apply": ["apply", "-f", STS],
    "delete": ["delete", "pod", "sts-mariadb-0", "--wait=false"],
    "exec": ["exec", "a", "--", "cat", "/f"],
}
# What is done behind the first use, before the others.
_BEFORE = (["sim", "clock", "freeze", "2024-01-01T00:00:00Z"], VERBS["apply"],
           ["run", "a", "--image=busybox", "--", "sleep", "infinity"], ["sim", "clock", "advance", "5m"],
           ["exec", "a", "--", "sh", "-c", "echo hi > /f"])
# What `collections` and `functools` bring along in some releases of Python and not in others.
_HIDDEN = ("copyreg", "itertools", "keyword", "operator", "reprlib", "sre_compile", "sre_constants",
           "sre_parse", "types")
_RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kubesim_cli import finder; finder.install(); "
_ASKED = _RUN + ("before = set(sys.modules); from kubesim_cli.main import main; main(); sys.stdout.flush(); "
                 "print(*sorted(set(sys.modules) - before), file=sys.stderr)")


def imported() -> dict[str, list[str]]:
    """Return what each of VERBS imports beyond what `python -S` and finder.py do, on the tutorial's cluster but for
    the first.

    Of Python's own modules only those at the top: what they bring along differs by its release.
    """
    found = {}
    with tempfile.TemporaryDirectory() as home:
        environ = {"KUBESIM_HOME": home, "PATH": os.environ["PATH"]}

        def run(program: str, words: list[str]) -> str:
            site = [path for path in sys.path if path.endswith("site-packages")]
            done = subprocess.run([sys.executable, "-S", "-c", program, str(ROOT), *words], check=True, text=True,
                                  env={**environ, "PYTHONPATH": os.pathsep.join(site)}, capture_output=True)
            return done.stderr

        for verb, words in VERBS.items():
            told = run(_ASKED, words).splitlines()[-1]  # behind what kubectl says
            names = [name for name in told.split() if not name.startswith("_")
                     and ("." not in name or name.partition(".")[0] not in sys.stdlib_module_names)]
            if verb == FIRST:
                for before in _BEFORE:
                    run(_RUN + "from kubesim_cli.main import main; main()", before)
            found[verb] = sorted(name.removeprefix("kubesim_cli.") for name in names if name not in _HIDDEN)
    return found


def listed() -> dict[str, list[str]]:
    """Return what the file lists."""
    rows = [row.split(": ") for row in LIST.read_text(encoding="utf-8").splitlines()]
    return {verb: names.split() for verb, names in rows}


if __name__ == "__main__":
    LIST.write_text("".join(f"{verb}: {' '.join(names)}\n" for verb, names in imported().items()), encoding="utf-8")
