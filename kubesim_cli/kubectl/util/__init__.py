"""What several verbs share (kubectl's pkg/cmd/util)."""
