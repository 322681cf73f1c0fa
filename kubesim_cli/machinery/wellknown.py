"""Well-known labels, annotations, taints, finalizers and types that stand in more than one place, each once.

They have the names of Kubernetes' own constants (staging/src/k8s.io/api/*/annotation_key_constants.go,
well_known_labels.go, well_known_taints.go; pkg/apis/*/v1/util; kubectl's pkg/util). What only one module knows
stays there.
"""

from __future__ import annotations

# kubectl
LAST_APPLIED_CONFIG_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"

# Pods
MIRROR_POD_ANNOTATION_KEY = "kubernetes.io/config.mirror"
POD_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

# Nodes
LABEL_HOSTNAME = "kubernetes.io/hostname"
LABEL_TOPOLOGY_ZONE = "topology.kubernetes.io/zone"
LABEL_TOPOLOGY_REGION = "topology.kubernetes.io/region"
LABEL_NODE_ROLE_PREFIX = "node-role.kubernetes.io/"
NODE_LABEL_ROLE = "kubernetes.io/role"
TAINT_NODE_NOT_READY = "node.kubernetes.io/not-ready"
TAINT_NODE_UNREACHABLE = "node.kubernetes.io/unreachable"
TAINT_NODE_UNSCHEDULABLE = "node.kubernetes.io/unschedulable"

# Namespaces
LABEL_METADATA_NAME = "kubernetes.io/metadata.name"

# Deployments
REVISION_ANNOTATION = "deployment.kubernetes.io/revision"
REVISION_HISTORY_ANNOTATION = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS_ANNOTATION = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS_ANNOTATION = "deployment.kubernetes.io/max-replicas"
DEPRECATED_ROLLBACK_TO = "deprecated.deployment.rollback.to"
# What a Deployment and its ReplicaSets have each of their own (deployment_util.go's annotationsToSkip).
ANNOTATIONS_TO_SKIP = (LAST_APPLIED_CONFIG_ANNOTATION, REVISION_ANNOTATION, REVISION_HISTORY_ANNOTATION,
                       DESIRED_REPLICAS_ANNOTATION, MAX_REPLICAS_ANNOTATION, DEPRECATED_ROLLBACK_TO)
DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY = "pod-template-hash"

# DaemonSets and StatefulSets
CONTROLLER_REVISION_HASH_LABEL_KEY = "controller-revision-hash"
DEPRECATED_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

# Services and what publishes them
LABEL_SERVICE_NAME = "kubernetes.io/service-name"
LABEL_SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror"
ANNOTATION_INGRESS_CLASS = "kubernetes.io/ingress.class"
ANNOTATION_IS_DEFAULT_INGRESS_CLASS = "ingressclass.kubernetes.io/is-default-class"

# Storage
BETA_STORAGE_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
IS_DEFAULT_STORAGE_CLASS_ANNOTATION = "storageclass.kubernetes.io/is-default-class"
BETA_IS_DEFAULT_STORAGE_CLASS_ANNOTATION = "storageclass.beta.kubernetes.io/is-default-class"
PV_PROTECTION_FINALIZER = "kubernetes.io/pv-protection"
PVC_PROTECTION_FINALIZER = "kubernetes.io/pvc-protection"
LOCAL_PATH_PROVISIONER = "rancher.io/local-path"  # kind's
HOSTPATH_PROVISIONER = "k8s.io/minikube-hostpath"  # minikube's, of its default storage class

# Service accounts and secrets
SERVICE_ACCOUNT_NAME_KEY = "kubernetes.io/service-account.name"
SERVICE_ACCOUNT_UID_KEY = "kubernetes.io/service-account.uid"
ENFORCE_MOUNTABLE_SECRETS_ANNOTATION = "kubernetes.io/enforce-mountable-secrets"
SECRET_TYPE_SERVICE_ACCOUNT_TOKEN = "kubernetes.io/service-account-token"
SECRET_TYPE_DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"
SECRET_TYPE_TLS = "kubernetes.io/tls"

# Authorization
AUTO_UPDATE_ANNOTATION_KEY = "rbac.authorization.kubernetes.io/autoupdate"

# Signers of certificates
KUBE_API_SERVER_CLIENT_SIGNER_NAME = "kubernetes.io/kube-apiserver-client"
LEGACY_UNKNOWN_SIGNER_NAME = "kubernetes.io/legacy-unknown"

# kubesim's own, of nodes
ANNOTATION_KUBELET_STOPPED = "kubesim.io/kubelet-stopped"
