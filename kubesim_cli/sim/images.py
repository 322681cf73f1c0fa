"""`kubesim sim image`: which images there are, what is in them, and which cannot be pulled."""

from __future__ import annotations

import click

from ..cluster import images

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from .settings import Settings


@click.group("image", short_help="Show, add and fail container images.")
def image() -> None:
    """Which container images there are.

    No registry is asked. A name without a registry or a user has to be one of Docker Hub's official images, else it
    cannot be pulled (ngnix). Of images that are described here the tag has to be of a form that its publisher uses:
    nginx:1.27-alpine is there, nginx:1.161 and nginx:sometag are not. Any other name with a registry or a user in it is
    there, whatever its tag. Nowhere are names and tags that say so: doesnotexist, does-not-exist, non-existing,
    nonexistent. `fail` and `add` decide otherwise; `sim reset` forgets that.

    On a node without processes (sim reset --kubelet stub) every image is there but those with doesnotexist in their
    names and those that fail.
    """


@image.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """List the images that are described, and those that fail."""
    rows = [("NAME", "ORIGIN", "TAGS"), *((name, origin, tags) for name, tags, origin in
                                          images.listed(settings.cluster()))]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    for name, origin, tags in rows:
        click.echo(f"{name:{widths[0]}}  {origin:{widths[1]}}  {tags}".rstrip())


@image.command("show")
@click.argument("name")
@click.pass_obj
def show(settings: Settings, name: str) -> None:
    """Tell what is known of an image: whether it can be pulled, its command, user, ports and programs."""
    try:
        rows = images.shown(settings.cluster(), name)
    except images.Invalid as error:
        raise click.ClickException(str(error)) from None
    for what, text in rows:
        click.echo(f"{what + ':':19}{text}")


@image.command("add")
@click.argument("name", required=False)
@click.option("-f", "--filename", type=click.File(encoding="utf-8"),
              help="A description of it, in YAML; - is stdin. Without one nothing is known of it but its name.")
@click.pass_obj
def add(settings: Settings, name: str | None, filename: TextIO | None) -> None:
    """Have an image of your own: of a NAME, or as a file describes it.

    \b
    names: [registry.example.com/shop]
    tags: {versions: [1.0-1.4], words: [latest]}   # any, without this
    size: 80000000                                 # bytes, by which it takes 1 to 5 s to pull
    from: debian                                   # or another one of `sim image list`: its files and programs
    command: [shop, --port, "8080"]
    env: {SHOP_MODE: demo}
    runs: true                                     # until it is stopped
    programs: shop curl                            # beside those of debian
    files: {/etc/shop.conf: "color=red"}
    servers: {shop: {ports: [8080], lines: ["listening on 8080"], signals: {TERM: 0}}}
    usage: {cpu: 5m, memory: 20Mi}

    docs/images.md tells all fields.
    """
    if (name is None) == (filename is None):
        raise click.UsageError("either a NAME or -f FILE has to be given")
    with settings.opened(images.Invalid) as cluster:
        try:
            described = {"names": [name]} if filename is None else images.parse(filename.read())
        except UnicodeDecodeError:
            raise click.ClickException("the file is not UTF-8") from None
        for whole in images.add(cluster, described):
            click.echo(f"image {images.short(whole)} added")


@image.command("remove")
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Forget an image of your own."""
    with settings.opened(images.Invalid) as cluster:
        if not images.remove(cluster, name):
            raise click.ClickException(f'there is no image "{name}" of your own')
    click.echo(f"image {name} removed")


@image.command("fail")
@click.argument("name")
@click.pass_obj
def fail(settings: Settings, name: str) -> None:
    """Let pulls of NAME fail, or of NAME:TAG alone. Nodes that have it keep it."""
    with settings.opened(images.Invalid) as cluster:
        images.fail(cluster, name)
    click.echo(f"image {name} fails")


@image.command("mend")
@click.argument("name")
@click.pass_obj
def mend(settings: Settings, name: str) -> None:
    """Let pulls succeed again; pods that wait for them try at once."""
    with settings.opened(images.Invalid) as cluster:
        if not images.mend(cluster, name):
            raise click.ClickException(f'image "{name}" does not fail')
    click.echo(f"image {name} mended")


COMMANDS = [image]
