"""create cronjob, deployment and job."""

from __future__ import annotations

from ...releases.kubectl import does
from ..failures import Failure
from .creation import Creation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context


def deployment(ctx: Context) -> None:
    """kubectl create deployment NAME --image=... [-- COMMAND]"""
    flags = ctx.flags
    creation = Creation(ctx)
    images, command = flags["image"], creation.command
    if len(images) > 1 and command:
        raise Failure("cannot specify multiple --image options and command")
    containers = [_container(_name_of_image(image), image, command) for image in images]
    if flags["port"] >= 0 and containers:
        containers[0]["ports"] = [{"containerPort": flags["port"]}]
    labels = {"app": creation.name}
    spec = {"replicas": flags["replicas"], "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}}}
    obj = creation.object("apps/v1", "Deployment", spec=spec)
    obj["metadata"]["labels"] = labels
    creation.submit("deployments.apps", obj, "failed to create deployment: ")


def job(ctx: Context) -> None:
    """kubectl create job NAME --image=... [-- COMMAND], or --from=cronjob/NAME"""
    flags = ctx.flags
    creation = Creation(ctx)
    image, source = flags["image"], flags["from"]
    if bool(image) == bool(source):
        raise Failure("either --image or --from must be specified")
    if creation.command and source:
        raise Failure("cannot specify --from and command")
    if image:
        spec = {"template": {"spec": {"containers": [_container(creation.name, image, creation.command)],
                                      "restartPolicy": "Never"}}}
        obj = creation.object("batch/v1", "Job", spec=spec)
    else:
        obj = _from_cronjob(ctx, creation, source)
    creation.submit("jobs.batch", obj, "failed to create job: ")


def cronjob(ctx: Context) -> None:
    """kubectl create cronjob NAME --image=... --schedule=... [-- COMMAND]"""
    flags = ctx.flags
    creation = Creation(ctx)
    pod = {"containers": [_container(creation.name, flags["image"], creation.command)],
           "restartPolicy": flags["restart"] or "OnFailure"}
    template = {"metadata": {"name": creation.name}, "spec": {"template": {"spec": pod}}}
    obj = creation.object("batch/v1", "CronJob", spec={"schedule": flags["schedule"], "jobTemplate": template})
    creation.submit("cronjobs.batch", obj, "failed to create cronjob: ")


def _from_cronjob(ctx: Context, creation: Creation, source: str) -> Object:
    from ...machinery.objects import clone
    from ..resource import builder
    from ..resource.scheme import KUBECTL

    infos = builder.build(ctx, [source], continue_on_error=False, scheme=KUBECTL).infos()
    if len(infos) != 1:
        raise Failure("from must be an existing cronjob")
    cronjob = infos[0].obj
    if cronjob["kind"] != "CronJob":
        version = cronjob["apiVersion"].rpartition("/")[2]
        raise Failure(f"unknown object type *{version}.{cronjob['kind']}")
    template = cronjob["spec"]["jobTemplate"]
    meta = template.get("metadata") or {}
    obj = creation.object("batch/v1", "Job", spec=clone(template["spec"]))
    obj["metadata"]["annotations"] = {"cronjob.kubernetes.io/instantiate": "manual", **(meta.get("annotations") or {})}
    if meta.get("labels"):
        obj["metadata"]["labels"] = dict(meta["labels"])
    obj["metadata"]["ownerReferences"] = [{
        "apiVersion": "batch/v1", "kind": "CronJob", "name": cronjob["metadata"]["name"],
        "uid": cronjob["metadata"]["uid"], "controller": True}]
    if not does("JobFromCronJobUnblocked", ctx.release):
        obj["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = True
    return obj


def _container(name: str, image: str, command: list[str]) -> Object:
    return {"name": name, "image": image, **({"command": command} if command else {})}


def _name_of_image(image: str) -> str:
    """Name a container after its image; one that would not do gets a suffix (sanitizeAndUniquify)."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    if "_" not in name and "." not in name:
        return name
    from ...machinery.digest import sha256
    from ...machinery.names import random_suffix

    clean = name.replace("_", "-").replace(".", "-")
    return f"{clean}-{random_suffix(sha256(image.encode()).digest(), 5)}"
