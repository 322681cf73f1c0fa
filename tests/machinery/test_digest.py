import importlib.util
import sys

import pytest

from kubesim_cli.machinery import digest

OWN = ("_sha3", "_sha2", "_sha256")  # no Python has the last two


@pytest.mark.parametrize("missing", [(), OWN[:1], OWN[1:], OWN])
def test_digests_are_the_same_wherever_they_come_from(monkeypatch, missing):
    import hashlib

    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    spec = importlib.util.spec_from_file_location("anew", digest.__file__)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    assert found.sha256(b"a").hexdigest() == hashlib.sha256(b"a").hexdigest()
    assert found.shake_256(b"a").hexdigest(8) == hashlib.shake_256(b"a").hexdigest(8)
    assert not hasattr(found, "sha512")
