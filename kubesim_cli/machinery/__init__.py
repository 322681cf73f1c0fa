"""What client and server share (k8s.io/apimachinery): objects, their structure, patches, names and errors."""
