"""What the operations of the model make: small objects of few names, so that they meet each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

Object = dict[str, Any]

NAMESPACES = ["default", "one", "two"]


def _template(app: str, **spec: Any) -> Object:
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}], **spec}}


def _workload(dice: Random, app: str) -> Object:
    return {"replicas": dice.randint(0, 3), "selector": {"matchLabels": {"app": app}}, "template": _template(app)}


def _stateful(dice: Random, app: str) -> Object:
    claims = [{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"],
                                                    "resources": {"requests": {"storage": "1Gi"}}}}]
    policy = dice.choice(["Parallel", "OrderedReady"])
    return {**_workload(dice, app), "serviceName": "s", "podManagementPolicy": policy,
            **({"volumeClaimTemplates": claims} if dice.random() < 0.4 else {})}


def _job(dice: Random, app: str) -> Object:
    command = ["sh", "-c", dice.choice(["true", "sleep 20", "exit 1", "sleep 3; exit 2"])]
    containers = [{"name": "c", "image": "busybox", "command": command}]
    return {"parallelism": dice.randint(1, 3), "completions": dice.randint(1, 3), "backoffLimit": dice.randint(0, 2),
            **dice.choice([{}, {"ttlSecondsAfterFinished": 30}, {"completionMode": "Indexed"}]),
            "template": {"spec": {"restartPolicy": dice.choice(["Never", "OnFailure"]), "containers": containers}}}


# Resource -> (apiVersion, kind, what is in it but metadata: a function of the dice and an app's label).
MADE: dict[str, tuple[str, str, Any]] = {
    "configmaps": ("v1", "ConfigMap", lambda dice, app: {"data": {"k": dice.choice("ab")}}),
    "secrets": ("v1", "Secret", lambda dice, app: {"stringData": {"k": dice.choice("ab")}}),
    "pods": ("v1", "Pod", lambda dice, app: {"spec": _template(app)["spec"]}),
    "services": ("v1", "Service", lambda dice, app: {"spec": {
        "selector": {"app": app}, "ports": [{"port": 80}],
        **dice.choice([{}, {"clusterIP": "None"}, {"type": "NodePort"}])}}),
    "serviceaccounts": ("v1", "ServiceAccount", lambda dice, app: {}),
    "persistentvolumeclaims": ("v1", "PersistentVolumeClaim", lambda dice, app: {"spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
        **dice.choice([{}, {"storageClassName": ""}])}}),
    "persistentvolumes": ("v1", "PersistentVolume", lambda dice, app: {"spec": {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/d"},
        "persistentVolumeReclaimPolicy": dice.choice(["Retain", "Delete"])}}),
    "resourcequotas": ("v1", "ResourceQuota", lambda dice, app: {"spec": {"hard": {
        "pods": str(dice.randint(2, 12)), "configmaps": "3", "count/deployments.apps": "2"}}}),
    "namespaces": ("v1", "Namespace", lambda dice, app: {}),
    "deployments.apps": ("apps/v1", "Deployment", _workload),
    "replicasets.apps": ("apps/v1", "ReplicaSet", _workload),
    "replicationcontrollers": ("v1", "ReplicationController",
                               lambda dice, app: {**_workload(dice, app), "selector": {"app": app}}),
    "statefulsets.apps": ("apps/v1", "StatefulSet", _stateful),
    "daemonsets.apps": ("apps/v1", "DaemonSet", lambda dice, app: {
        "selector": {"matchLabels": {"app": app}}, "template": _template(app)}),
    "jobs.batch": ("batch/v1", "Job", _job),
    "cronjobs.batch": ("batch/v1", "CronJob", lambda dice, app: {"schedule": "*/3 * * * *", "jobTemplate": {
        "spec": _job(dice, app)}}),
    "poddisruptionbudgets.policy": ("policy/v1", "PodDisruptionBudget", lambda dice, app: {
        "minAvailable": dice.randint(0, 2), "selector": {"matchLabels": {"app": app}}}),
    "horizontalpodautoscalers.autoscaling": ("autoscaling/v2", "HorizontalPodAutoscaler", lambda dice, app: {
        "maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}}),
}
RESOURCES = list(MADE)
_CLUSTER = ("namespaces", "persistentvolumes")
_WHOLE = ("configmaps", "secrets", "pods", "services", "serviceaccounts", "persistentvolumeclaims", "persistentvolumes",
          "resourcequotas", "namespaces")


def made(dice: Random) -> tuple[str, Object]:
    """Return a resource and a new object of it."""
    resource = dice.choice(RESOURCES)
    api_version, kind, rest = MADE[resource]
    app = dice.choice("abc")
    name = dice.choice(NAMESPACES[1:]) if kind == "Namespace" else dice.choice("abc")
    meta: Object = {"name": name, "labels": {"app": app}}
    if resource not in _CLUSTER:
        meta["namespace"] = dice.choice(NAMESPACES)
    body = rest(dice, app)
    return resource, {"apiVersion": api_version, "kind": kind, "metadata": meta,
                      **(body if resource in _WHOLE else {"spec": body})}
