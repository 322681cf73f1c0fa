"""What the tests of kustomize build."""

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: a, image: "nginx:1.27", ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}]}
      - {name: b, image: "registry:5000/team/b@sha256:abc", envFrom: [{configMapRef: {name: conf}}]}
"""
