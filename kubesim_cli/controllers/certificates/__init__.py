"""Certificate signing requests: issuing what was approved, and cleaning up (pkg/controller/certificates)."""
