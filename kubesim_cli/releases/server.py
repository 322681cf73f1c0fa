"""What the emulated client and server say of their version (apimachinery/pkg/version)."""

from __future__ import annotations

from . import Release, release_text, within

# The patch release that each minor release is emulated as.
PATCH = {
    (1, 28): "v1.28.15", (1, 29): "v1.29.15", (1, 30): "v1.30.14", (1, 31): "v1.31.14", (1, 32): "v1.32.13",
    (1, 33): "v1.33.13", (1, 34): "v1.34.10", (1, 35): "v1.35.7", (1, 36): "v1.36.2",
    (1, 37): "v1.37.1",
}
_EMULATION_SINCE = (1, 33)  # a server tells which release it emulates
_GO = {(1, 28): "go1.22.8", (1, 29): "go1.23.6", (1, 30): "go1.23.8", (1, 31): "go1.23.12", (1, 32): "go1.24.6",
       (1, 33): "go1.24.9", (1, 34): "go1.24.9", (1, 35): "go1.25.5", (1, 36): "go1.26.1",
       (1, 37): "go1.26.8"}
_KUSTOMIZE = {(1, 28): "v5.0.4-0.20230601165947-6ce0bf390ce3", (1, 29): "v5.0.4-0.20230601165947-6ce0bf390ce3",
              (1, 30): "v5.0.4-0.20230601165947-6ce0bf390ce3", (1, 31): "v5.4.2", (1, 32): "v5.5.0",
              (1, 33): "v5.6.0", (1, 34): "v5.7.1", (1, 35): "v5.7.1", (1, 36): "v5.8.1",
              (1, 37): "v5.8.1"}


def info(release: Release, server: bool) -> dict[str, str]:
    """Return a version.Info of a release such as (1, 28), its fields in Go's order; `server`: as /version has it."""
    major, minor = map(str, release)
    emulation: dict[str, str] = {}
    if server and within(release, _EMULATION_SINCE):
        emulation = {"emulationMajor": major, "emulationMinor": minor, "minCompatibilityMajor": major,
                     "minCompatibilityMinor": str(release[1] - 1)}
    return {"major": major, "minor": minor, **emulation, "gitVersion": PATCH[release],
            "gitCommit": "0" * 40, "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": _GO[release], "compiler": "gc", "platform": "linux/amd64"}


def kustomize(release: Release) -> str:
    """Return the version of kustomize that is built into a release's kubectl."""
    return _KUSTOMIZE[release]


def skew(client: Release, server: Release) -> str:
    """Return what is wrong with a kubectl and a server of such releases, "" where they get along."""
    if abs(client[1] - server[1]) <= 1:
        return ""
    return (f"version difference between client ({release_text(client)}) and server ({release_text(server)}) exceeds "
            "the supported minor version skew of +/-1")


def go_version(release: Release) -> tuple[int, int]:
    """Return the version of Go that a release's newest patch is built with, as in (1, 24)."""
    major, minor, _ = _GO[release].removeprefix("go").split(".")
    return int(major), int(minor)
