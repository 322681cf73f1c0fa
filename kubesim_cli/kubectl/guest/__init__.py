"""kubectl inside a container: run.py is called by the kubelet (runtime/bin/kubectl.py) through `Server.kubectl`."""
