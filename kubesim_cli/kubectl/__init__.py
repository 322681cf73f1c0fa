"""The client: one module per verb."""

from __future__ import annotations

# Commands that are not where `place_of` looks for them, as `module:function`, and those that do something although
# they have subcommands.
PLACES = {
    "alpha": "cli.help:alpha",
    "alpha kuberc set": "cli.kuberc:set_",
    "alpha kuberc view": "cli.kuberc:view",
    "api-versions": "apiresources:versions",
    "apply": "apply.apply:run",
    "apply edit-last-applied": "apply.lastapplied:edit_last_applied",
    "apply set-last-applied": "apply.lastapplied:set_last_applied",
    "apply view-last-applied": "apply.lastapplied:view_last_applied",
    "auth can-i": "auth.cani:can_i",
    "certificate approve": "certificate:approve",
    "certificate deny": "certificate:deny",
    "cluster-info dump": "clusterinfo:dump",
    "completion": "cli.completion:run",
    "cluster-info": "clusterinfo:run",
    "config current-context": "config.config:current_context",
    "config delete-cluster": "config.config:delete_cluster",
    "config delete-context": "config.config:delete_context",
    "config delete-user": "config.config:delete_user",
    "config get-clusters": "config.config:get_clusters",
    "config get-contexts": "config.config:get_contexts",
    "config get-users": "config.config:get_users",
    "config rename-context": "config.config:rename_context",
    "config set": "config.config:set_",
    "config set-cluster": "config.config:set_cluster",
    "config set-context": "config.config:set_context",
    "config set-credentials": "config.config:set_credentials",
    "config unset": "config.config:unset",
    "config use-context": "config.config:use_context",
    "config view": "config.config:view",
    "cordon": "drain.drain:cordon",
    "create": "create:run",
    "create clusterrole": "create.rbac:clusterrole",
    "create clusterrolebinding": "create.rbac:clusterrolebinding",
    "create configmap": "create.config:configmap",
    "create cronjob": "create.workloads:cronjob",
    "create deployment": "create.workloads:deployment",
    "create ingress": "create.network:ingress",
    "create job": "create.workloads:job",
    "create namespace": "create.cluster:namespace",
    "create poddisruptionbudget": "create.cluster:poddisruptionbudget",
    "create priorityclass": "create.cluster:priorityclass",
    "create quota": "create.cluster:quota",
    "create role": "create.rbac:role",
    "create rolebinding": "create.rbac:rolebinding",
    "create secret docker-registry": "create.config:docker_registry",
    "create secret generic": "create.config:generic",
    "create secret tls": "create.config:tls",
    "create service clusterip": "create.network:clusterip",
    "create service externalname": "create.network:externalname",
    "create service loadbalancer": "create.network:loadbalancer",
    "create service nodeport": "create.network:nodeport",
    "create serviceaccount": "create.rbac:serviceaccount",
    "create token": "create.rbac:token",
    "debug": "debug.debug:run",
    "drain": "drain.drain:run",
    "get": "get.get:run",
    "kuberc set": "cli.kuberc:set_",
    "kuberc view": "cli.kuberc:view",
    "options": "cli.help:options",
    "plugin list": "cli.plugin:list_",
    "rollout history": "rollout.rollout:history",
    "rollout pause": "rollout.rollout:pause",
    "rollout restart": "rollout.rollout:restart",
    "rollout resume": "rollout.rollout:resume",
    "rollout status": "rollout.rollout:status",
    "rollout undo": "rollout.rollout:undo",
    "top node": "top:node",
    "top pod": "top:pod",
    "uncordon": "drain.drain:uncordon",
    "__complete": "cli.completion:complete",
    "__completeNoDesc": "cli.completion:complete",
}


def place_of(command: str) -> tuple[str, str]:
    """Return the module below this package and the function that run a command.

    `api-resources` is `apiresources.run` and `set image` is `set.image.run`, unless PLACES has another place.
    """
    module, _, function = PLACES.get(command, f"{command.replace('-', '').replace(' ', '.')}:run").partition(":")
    return module, function
