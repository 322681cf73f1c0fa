"""What the programs called stress are told to use."""

import pytest

from kubesim_cli.kubelet.stress import asked


@pytest.mark.parametrize(("image", "command", "args", "used"), [
    ("vish/stress", None, ["-cpus", "2"], (2000, 0)),
    ("registry.example:5000/vish/stress:1", None, ["-cpus=0.5", "-mem-total", "100Mi"], (500, 100 << 20)),
    ("polinux/stress", ["stress"], ["--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1"], (0, 150 << 20)),
    ("registry.example:5000/stress", None, ["-cpus", "1"], (1000, 0)),
    ("polinux/stress", ["stress", "-c", "3", "-m", "2"], None, (3000, 512 << 20)),
    ("polinux/stress", ["/usr/bin/stress", "--vm", "2", "--vm-bytes", "1G"], None, (0, 2 << 30)),
    ("polinux/stress", ["stress", "--vm", "1", "--vm-bytes", "1what"], None, None),
    ("polinux/stress", ["sleep", "1h"], None, None), ("nginx", None, ["-cpus", "2"], None)])
def test_what_is_asked_for(image, command, args, used):
    assert asked({"name": "a", "image": image, "command": command, "args": args}) == used
