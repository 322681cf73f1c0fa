"""What kubectl debug refuses, and whom it would debug."""

import pytest

NOT_YET = "kubesim does not run processes in containers yet, so it cannot debug one"


@pytest.mark.parametrize(("line", "problem"), [
    ("web", "you must specify --image when not using --copy-to."),
    ("web --attach", "you must specify --container or create a new container using --image in order to attach."),
    ("web --copy-to=x", "you must specify --image, --set-image or command arguments."),
    ("web --copy-to=x -- ls", "you must specify an existing container or a new image when specifying args."),
    ("web --copy-to=x -c main -- ls", NOT_YET), ("web --copy-to=x --set-image=*=busybox", NOT_YET),
    ("web --image=busybox --replace", "--replace may only be used with --copy-to."),
    ("web --image=busybox --same-node", "--same-node may only be used with --copy-to."),
    ("web --set-image=a=b", "--set-image may only be used with --copy-to."),
    ("web --image=B:!", 'invalid image name "B:!": invalid reference format'),
    ("--image=busybox", "NAME or filename is required for debug"),
    ("web --image=busybox --image-pull-policy=x", "invalid image pull policy: x"),
    ("web --image=busybox --image-pull-policy=Never", NOT_YET),
    ("web --copy-to=x --set-image=a=B:!", 'invalid image name "B:!" for container "a": invalid reference format'),
    ("web --image=busybox --copy-to=x --target=main",
     "--target is incompatible with --copy-to. Use --share-processes instead."),
    ("web --image=busybox -t", "-i/--stdin is required for containers with -t/--tty=true"),
    ("web --image=busybox -it", NOT_YET),
    ("cm/kube-root-ca.crt --image=busybox", '"/v1, Kind=ConfigMap" not supported by debug'),
    ("node/minikube --image=busybox", NOT_YET),
])
def test_refusals(newest, line, problem):
    newest.ok("kubectl run web --image=nginx")
    assert newest(f"kubectl debug {line}") == (1, "", f"error: {problem}\n")


def test_the_container_whose_processes_are_shared(newest):
    newest.ok("kubectl run web --image=nginx")
    told = ('Targeting container "{}". If you don\'t see processes from this container it may be because the '
            "container runtime doesn't support this feature.\n")
    assert newest("kubectl debug web --image=busybox --target=web") == (1, told.format("web"), f"error: {NOT_YET}\n")
    assert newest("kubectl debug web --image=busybox --target=x") == (
        1, told.format("x"), "error: container x is not valid for pod web out of: web\n")
    assert newest("kubectl debug web --image=busybox --target=x -q").out == ""
