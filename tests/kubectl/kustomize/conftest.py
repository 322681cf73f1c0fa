"""What the tests of kustomize share; what they expect real kubectl printed, or kustomize's sources say."""

from __future__ import annotations

import pytest


@pytest.fixture
def build(terminal, tmp_path):
    """`build({"kustomization.yaml": text, ...})` builds files in the working directory; returns the Result."""

    def run(files, directory="."):
        for name, text in files.items():
            path = tmp_path / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return terminal(f"kubectl kustomize {directory}")

    return run


@pytest.fixture
def objects():
    """`objects(result)` returns what was built: KIND/NAME -> object."""
    from kubesim_cli.kubectl.resource.manifests import read

    def found(result):
        assert (result.code, result.err) == (0, ""), result
        return {f"{obj['kind']}/{obj['metadata']['name']}": obj for obj in read(result.out, "out")}

    return found


@pytest.fixture
def refusal(build):
    """`refusal(files)` returns the message with which kustomize refuses to build files."""

    def told(files):
        result = build(files)
        assert (result.code, result.out, result.err[:7]) == (1, "", "error: "), result
        return result.err[7:-1]

    return told
