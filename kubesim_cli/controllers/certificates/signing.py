"""The signer: an approved request of one of Kubernetes' own signers gets its certificate.

Kubernetes: pkg/controller/certificates/signer/signer.go.
"""

from __future__ import annotations

from ...helpers.controller import Controller, itself
from ...machinery import conditions, timestamps
from ...machinery.wellknown import KUBE_API_SERVER_CLIENT_SIGNER_NAME, LEGACY_UNKNOWN_SIGNER_NAME
from ..pods import write_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client

REQUESTS = "certificatesigningrequests.certificates.k8s.io"
SIGNERS = (KUBE_API_SERVER_CLIENT_SIGNER_NAME, "kubernetes.io/kube-apiserver-client-kubelet",
           "kubernetes.io/kubelet-serving", LEGACY_UNKNOWN_SIGNER_NAME)
ISSUER = "minikubeCA"
BACKDATED = 300               # seconds that a certificate is valid before it was issued
LONGEST = 365 * 24 * 3600     # seconds (--cluster-signing-duration)


class CSRSigningController(Controller):
    name = "csrsigning"
    watches = {REQUESTS: itself}

    def sync(self, api: Client, key: str) -> float | None:
        request = api.find(REQUESTS, key)
        if request is None or request["spec"]["signerName"] not in SIGNERS:
            return None
        status = request.get("status", {})
        listed = status.get("conditions")
        if status.get("certificate") or not conditions.find(listed, "Approved") or conditions.find(listed, "Failed"):
            return None
        import base64

        from .issuing import issue

        spec = request["spec"]
        seconds = min(spec.get("expirationSeconds") or LONGEST, LONGEST)
        try:
            end = api.now + seconds - (BACKDATED if seconds > 8 * 3600 else 0)
            made = issue(base64.b64decode(spec["request"]), ISSUER, api.now - BACKDATED, end, spec.get("usages") or [])
        except ValueError as error:
            stamp = timestamps.format(api.now)
            failed = {"type": "Failed", "status": "True", "reason": "SignerValidationFailure",
                      "message": f"unable to parse csr: {error}", "lastUpdateTime": stamp, "lastTransitionTime": stamp}
            write_status(api, REQUESTS, request, {**status, "conditions": [*(listed or ()), failed]})
            return None
        write_status(api, REQUESTS, request, {**status, "certificate": base64.b64encode(made.encode()).decode()})
        return None
