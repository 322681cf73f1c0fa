"""MutatingAdmissionPolicy."""

from __future__ import annotations

from .policies import AdmissionPolicy

KIND = AdmissionPolicy("mutations")
