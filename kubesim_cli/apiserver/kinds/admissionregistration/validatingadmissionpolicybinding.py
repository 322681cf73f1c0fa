"""ValidatingAdmissionPolicyBinding."""

from __future__ import annotations

from .policies import AdmissionPolicyBinding

KIND = AdmissionPolicyBinding()
