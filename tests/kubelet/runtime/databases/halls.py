"""Engines with servers in them that find each other by their hostnames."""

from __future__ import annotations

import json

from kubesim_cli.kubelet.images import image as images
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec
from kubesim_cli.kubelet.runtime.kernel.network import Routes

START = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


class Between(Routes):
    """Names and addresses of an engine's containers."""

    def __init__(self, engine):
        self.engine = engine

    def resolve(self, space, name):
        return [each.space.net.address for each in self.engine.containers.values()
                if each.space.hostname == name.partition(".")[0] and each.space.ended is None]

    def route(self, space, address, port):
        found = [each.space for each in self.engine.containers.values() if each.space.net.address == address]
        return (found[0], port) if found else super().route(space, address, port)


class Hall:
    """An engine."""

    def __init__(self):
        self.engine = Engine(START)
        self.engine.connect(Between(self.engine))

    def start(self, name, image, *argv, env=(), address="10.0.0.1", volume="/data", seconds=10):
        self.engine.start(name, Spec(image, list(argv), {**images.of(image).env, **dict(env)}, name, f"seed-{name}",
                                     address=address, mounts=(Mount(volume, f"claim-{name}"),)))
        return self.wait(seconds)

    def wait(self, seconds=3):
        return self.engine.advance(self.engine.kernel.now + seconds)

    def said(self, name):
        return b"".join(data for _, _, data in self.engine.containers[name].said.new).decode()

    def run(self, name, *argv, stdin=b"", seconds=2):
        """Return (stdout, stderr, code) of a program."""
        session = self.engine.execute(name, list(argv), stdin=bool(stdin))
        if stdin:
            session.stdin.feed(self.engine.kernel, stdin, True)
        self.wait(seconds)
        return session.output().decode(), session.output("stderr").decode(), session.code

    def store(self):
        """Let another command go on with it."""
        records, blobs = self.engine.freeze()
        self.engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
        self.engine.connect(Between(self.engine))
