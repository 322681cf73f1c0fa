"""Containers that cannot be started, or whose postStart hook fails."""

import json

import pytest

NO_START = ("failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
            "failed: unable to start container process: ")


@pytest.fixture
def newest(newest):
    newest.ok("kubectl create configmap cm --from-literal=run.sh='echo hi'")
    return newest


def make(terminal, spec=None, name="a", **container):
    container = {"name": "c", "image": "busybox", "imagePullPolicy": "IfNotPresent", **container}
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [container], **(spec or {})}}))


def status(terminal, name="a"):
    return json.loads(terminal.ok(f"kubectl get pod {name} -o json"))["status"]


def shown(terminal, name="a"):
    return terminal.ok(f"kubectl get pod {name} --no-headers").split()[2]


def events(terminal, name="a"):
    found = json.loads(terminal.ok(f"kubectl get events --field-selector involvedObject.name={name} -o json"))["items"]
    return [(each["reason"], each["message"]) for each in found]


MOUNTED = {"volumes": [{"name": "v", "configMap": {"name": "cm"}}]}
REFUSED = {
    "name": ({"command": ["nosuch", "x"]}, 127, 'exec: "nosuch": executable file not found in $PATH: unknown'),
    "path": ({"command": ["/bin/nosuch"]}, 127,
             'exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory: unknown'),
    "folder": ({"command": ["/etc"]}, 126, 'exec: "/etc": is a directory: unknown'),
    "mode": ({"command": ["/etc/passwd"]}, 126, 'exec: "/etc/passwd": permission denied: unknown'),
    "mounted": ({"command": ["/v/run.sh"], "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
                126, 'exec: "/v/run.sh": permission denied: unknown'),
    "workdir": ({"command": ["sleep", "9"], "workingDir": "/etc/passwd"},
                128, "Cannot mkdir: /etc/passwd is not a directory"),
    "bare": ({"image": "hello-world", "command": ["sleep", "9"]},
             127, 'exec: "sleep": executable file not found in $PATH: unknown'),
    "arguments": ({"image": "registry.k8s.io/pause:3.9", "command": ["sh", "-c", "true"]},
                  127, 'exec: "sh": executable file not found in $PATH: unknown')}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_started_waits_and_is_tried_again(newest, case):
    container, code, why = REFUSED[case]
    why = why if case == "workdir" else NO_START + why
    make(newest, MOUNTED, **container)
    newest.advance("2.9s")
    found = status(newest)["containerStatuses"][0]
    ended = found["lastState"]["terminated"]
    told = f'failed to start container "{ended["containerID"][9:]}": Error response from daemon: {why}'
    assert found["state"] == {"waiting": {"reason": "RunContainerError", "message": told}}
    assert (ended["reason"], ended["exitCode"], ended["message"]) == ("ContainerCannotRun", code, why)
    assert ended["startedAt"] == ended["finishedAt"] and not found["ready"] and status(newest)["phase"] == "Running"
    newest.advance("4s")
    assert shown(newest) == "CrashLoopBackOff"
    assert newest("kubectl exec a -- true").code == 1
    assert ("Failed", f"Error: {told}") in events(newest)
    assert ("Started", "Container started") not in events(newest)
    newest.advance("5m")
    assert status(newest)["containerStatuses"][0]["restartCount"] == 5


def test_a_folder_is_not_mounted_on_a_file(newest):
    make(newest, MOUNTED, image="nginx", volumeMounts=[{"name": "v", "mountPath": "/etc/nginx/nginx.conf"}])
    newest.advance("10s")
    message = status(newest)["containerStatuses"][0]["lastState"]["terminated"]["message"]
    assert message.startswith(f'{NO_START}error during container init: error mounting "/var/lib/kubelet/pods/')
    assert message.endswith(
        '/volumes/kubernetes.io~configmap/v" to rootfs at "/etc/nginx/nginx.conf": not a directory: unknown: Are you '
        "trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the "
        "expected type")


@pytest.mark.parametrize("policy, kind", [("Never", "containers"), ("Never", "initContainers")])
def test_who_is_not_restarted_has_failed(newest, policy, kind):
    bad = [{"name": "bad", "image": "busybox", "command": ["nosuch"]}]
    make(newest, {"restartPolicy": policy, kind: bad} if kind == "initContainers" else {"restartPolicy": policy},
         command=["nosuch"] if kind == "containers" else ["true"])
    newest.advance("10s")
    assert status(newest)["phase"] == "Failed"
    assert shown(newest) == ("ContainerCannotRun" if kind == "containers" else "Init:ContainerCannotRun")


def test_files_of_a_claim_and_of_init_containers_can_be_started(newest):
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}))
    script = "printf '#!/bin/sh\\necho mine; sleep 99' > /v/run; chmod +x /v/run"
    for number, volume in enumerate(({"persistentVolumeClaim": {"claimName": "data"}}, {"emptyDir": {}})):
        mounts = [{"name": "v", "mountPath": "/v"}]
        make(newest, {"volumes": [{"name": "v", **volume}], "initContainers": [
            {"name": "i", "image": "busybox", "command": ["sh", "-c", script], "volumeMounts": mounts}]},
            name=f"p{number}", command=["/v/run"], volumeMounts=mounts)
        newest.advance("12s")
        assert shown(newest, f"p{number}") == "Running"
        assert newest.ok(f"kubectl logs p{number}") == "mine\n"


HOOK = ["sh", "-c", "sleep 1; echo out; echo bad >&2; exit 3"]


def test_a_hook_that_fails_ends_the_container(newest):
    make(newest, {"terminationGracePeriodSeconds": 3}, command=["sleep", "600"],
         lifecycle={"postStart": {"exec": {"command": HOOK}}})
    newest.advance("5s")
    assert shown(newest) == "ContainerCreating"  # the hook has failed; the container does not heed its signal
    assert ("FailedPostStartHook", "PostStartHook failed") in events(newest)
    newest.advance("1.5s")
    found = status(newest)
    waiting = found["containerStatuses"][0]["state"]["waiting"]
    uid = json.loads(newest.ok("kubectl get pod a -o json"))["metadata"]["uid"]
    command = " ".join(HOOK)
    assert waiting == {"reason": "PostStartHookError", "message": (
        f'Exec lifecycle hook ([{command}]) for Container "c" in Pod "a_default({uid})" failed - error: command '
        f"'{command}' exited with 3: bad\n, message: \"out\\nbad\\n\"")}
    assert found["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 137 and found["phase"] == "Running"
    newest.advance("8s")
    assert shown(newest) == "CrashLoopBackOff"
    assert status(newest)["containerStatuses"][0]["restartCount"] == 1


@pytest.mark.parametrize("handler, says", [
    ({"exec": {"command": ["nosuch"]}}, 'exec: "nosuch": executable file not found in $PATH'),
    ({"httpGet": {"port": 81, "path": "/x"}}, ":81: connect: connection refused")])
def test_hooks_that_cannot_be_run(newest, handler, says):
    make(newest, {"restartPolicy": "Never"}, name="once", image="nginx", lifecycle={"postStart": handler})
    make(newest, image="nginx", lifecycle={"postStart": handler})
    newest.advance("10s")
    assert status(newest, "once")["phase"] in ("Failed", "Succeeded")
    assert says in status(newest)["containerStatuses"][0]["state"]["waiting"]["message"] or shown(
        newest) == "CrashLoopBackOff"


def test_a_probe_that_cannot_be_run_has_failed_in_docker_s_words(newest):
    make(newest, image="nginx", readinessProbe={"exec": {"command": ["nosuch", "x"]}})
    newest.advance("5s")
    assert ("Unhealthy", "Readiness probe failed: OCI runtime exec failed: exec failed: unable to start container "
            'process: exec: "nosuch": executable file not found in $PATH: unknown\r\n') in events(newest)


def test_a_hook_is_content_with_any_answer(newest):
    make(newest, image="nginx", lifecycle={"postStart": {"httpGet": {"port": 80, "path": "/nope"}}})
    newest.advance("10s")
    assert shown(newest) == "Running"


def test_a_restarted_container_with_a_hook_is_counted_once(newest):
    make(newest, command=["sh", "-c", "sleep 5; exit 1"],
         lifecycle={"postStart": {"exec": {"command": ["sleep", "3"]}}})
    newest.advance("9s")
    assert status(newest)["containerStatuses"][0]["restartCount"] == 1
    newest.advance("3s")
    assert status(newest)["containerStatuses"][0]["restartCount"] == 1


@pytest.mark.parametrize("image, context, why", [
    ("nginx", {"runAsNonRoot": True}, "container has runAsNonRoot and image will run as root"),
    ("nginx", {"runAsNonRoot": True, "runAsUser": 0}, "container's runAsUser breaks non-root policy"),
    ("nginx", {"runAsNonRoot": True, "runAsUser": 101}, ""),
    ("nginxinc/nginx-unprivileged", {"runAsNonRoot": True}, ""),
    ("example.com/app", {"runAsNonRoot": True}, "")])
def test_who_must_not_be_root(newest, image, context, why):
    make(newest, {"securityContext": {"runAsNonRoot": context.pop("runAsNonRoot")}}, image=image,
         command=["sleep", "99"], securityContext=context)
    newest.advance("10s")
    assert shown(newest) == ("CreateContainerConfigError" if why else "Running")
    if why:
        waiting = status(newest)["containerStatuses"][0]["state"]["waiting"]["message"]
        assert waiting.startswith(f'{why} (pod: "a_default(') and waiting.endswith(')", container: c)')
        assert ("Failed", f"Error: {waiting}") in events(newest)
