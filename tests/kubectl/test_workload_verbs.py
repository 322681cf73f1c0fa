"""kubectl scale, set, autoscale, run and expose."""

import json

import pytest


def got(terminal, line: str) -> dict:
    return json.loads(terminal.ok(f"kubectl {line} -o json"))


@pytest.fixture
def web(terminal):
    terminal.ok("kubectl create deployment web --image=nginx --port=80")
    terminal.advance("5s")
    return terminal


def test_scale(web):
    assert web.ok("kubectl scale deploy/web --replicas=3") == "deployment.apps/web scaled\n"
    assert web("kubectl scale deploy web --replicas=2 --current-replicas=1") == (
        1, "", "error: Expected replicas to be 1, was 3\n")
    assert web.ok("kubectl scale deploy web --replicas=2 --current-replicas=3 --timeout=1m") == (
        "deployment.apps/web scaled\n")
    assert web.ok("kubectl get deploy web -o jsonpath={.status.replicas}") == "2"
    assert web("kubectl scale deploy web --replicas=2 --resource-version=1").err.startswith(
        "error: Expected resource version to be 1, was ")
    assert web("kubectl scale deploy web").err == 'error: required flag(s) "replicas" not set\n'
    assert web("kubectl scale deploy web --replicas=-1").err == (
        "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n")
    assert web("kubectl scale deploy -l a=b --replicas=1").err == "error: no objects passed to scale\n"
    assert web("kubectl scale cm/kube-root-ca.crt --replicas=1").err == (
        "Error from server (NotFound): the server could not find the requested resource\n")


@pytest.mark.parametrize(("release", "reason"), [
    ("1.31", "error: no objects passed to scale"),
    ("1.32", 'error: no objects passed to scale deployments.apps "ghost" not found'),
    ("1.35", 'Error from server (NotFound): deployments.apps "ghost" not found'),
])
def test_nothing_to_scale(terminal, release, reason):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
    terminal.ok("kubectl sim reset --seed test")
    assert terminal("kubectl scale deploy ghost --replicas=1") == (1, "", reason + "\n")


def test_what_scale_shows(newest):
    newest.ok("kubectl create deployment web --image=nginx")
    assert newest.ok("kubectl scale deploy/web --replicas=3 -o jsonpath={.spec.replicas}") == "3"


def test_what_scale_showed(web):
    assert web.ok("kubectl scale deploy/web --replicas=3 -o jsonpath={.spec.replicas}") == "1"


def containers(terminal) -> dict:
    return got(terminal, "get deploy web")["spec"]["template"]["spec"]["containers"][0]


def test_set_image(web):
    assert web.ok("kubectl set image deploy/web nginx=nginx:2") == "deployment.apps/web image updated\n"
    assert web.ok("kubectl set image deploy/web nginx=nginx:2") == ""
    assert web.ok("kubectl set image deploy web *=nginx:3") == "deployment.apps/web image updated\n"
    assert containers(web)["image"] == "nginx:3"
    assert web("kubectl set image deploy/web other=x").err == 'error: unable to find container named "other"\n'


def test_set_env(web):
    web.ok("kubectl create cm settings --from-literal=color=red --from-literal=size=2")
    assert web.ok("kubectl set env deploy/web A=1 B=2") == "deployment.apps/web env updated\n"
    web.ok("kubectl set env deploy/web --from=cm/settings --prefix=APP_")
    web.ok("kubectl set env deploy/web B-")
    assert web.ok("kubectl set env deploy/web --list --resolve") == (
        "# Deployment web, container nginx\nA=1\nAPP_COLOR=red\nAPP_SIZE=2\n")
    assert containers(web)["env"][1] == {
        "name": "APP_COLOR", "valueFrom": {"configMapKeyRef": {"key": "color", "name": "settings"}}}
    assert web("kubectl set env deploy/web X=in -c nosuch*").err == (
        'Warning: Deployment/web does not have any containers matching "nosuch*"\n')
    nameless = '{"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"containers": []}}'
    assert web("kubectl set env -f - --list", nameless).err == (
        'Warning: Pod/ does not have any containers matching "*"\n')


def test_set_resources(web):
    web.ok("kubectl set resources deploy web --limits=cpu=200m,memory=512Mi --requests=cpu=100m")
    assert containers(web)["resources"] == {
        "limits": {"cpu": "200m", "memory": "512Mi"}, "requests": {"cpu": "100m"}}
    assert web("kubectl set resources deploy web").err == (
        "error: you must specify an update to requests or limits (in the form of --requests/--limits)\n")


def test_set_the_rest(web):
    assert web.ok("kubectl set serviceaccount deploy web robot") == "deployment.apps/web serviceaccount updated\n"
    assert got(web, "get deploy web")["spec"]["template"]["spec"]["serviceAccountName"] == "robot"
    web.ok("kubectl expose deploy web")
    assert web.ok("kubectl set selector svc/web app=other,tier=x") == "service/web selector updated\n"
    assert got(web, "get svc web")["spec"]["selector"] == {"app": "other", "tier": "x"}
    assert web.ok("kubectl set selector svc/web app=web -o json").startswith('{\n    "kind": "Service",\n')
    web.ok("kubectl create rolebinding b --clusterrole=view --user=amy")
    assert web.ok("kubectl set subject rolebinding b --serviceaccount=default:robot") == (
        "rolebinding.rbac.authorization.k8s.io/b subjects updated\n")
    assert [subject["name"] for subject in got(web, "get rolebinding b")["subjects"]] == ["amy", "robot"]


def test_autoscale(web):
    assert web.ok("kubectl autoscale deploy web --min=2 --max=5") == (
        "horizontalpodautoscaler.autoscaling/web autoscaled\n")
    spec = got(web, "get hpa web")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"], spec["scaleTargetRef"]["name"]) == (2, 5, "web")
    assert web("kubectl autoscale deploy web --min=6 --max=5").err == (
        "error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 5, min: 6\n")
    assert web("kubectl autoscale cm kube-root-ca.crt --max=5").err == (
        "error: cannot autoscale a ConfigMap: could not find scale subresource for /v1, Resource=configmaps in "
        "discovery information\n")


def test_autoscale_by_resources(newest):
    newest.ok("kubectl create deployment web --image=nginx")
    made = got(newest, "autoscale deploy web --max=5 --cpu=500m --memory=70% --dry-run=client")
    assert made["apiVersion"] == "autoscaling/v2"
    assert [metric["resource"]["target"] for metric in made["spec"]["metrics"]] == [
        {"averageValue": "500m", "type": "AverageValue"}, {"averageUtilization": 70, "type": "Utilization"}]


def test_run(terminal):
    assert terminal.ok("kubectl run web --image=nginx --port=80 --expose --env=A=b -l app=web,tier=x") == (
        "service/web created\npod/web created\n")
    pod = got(terminal, "get pod web")
    assert pod["metadata"]["labels"] == {"app": "web", "tier": "x"}
    assert pod["spec"]["containers"][0]["env"] == [{"name": "A", "value": "b"}]
    assert got(terminal, "get svc web")["spec"]["selector"] == {"app": "web", "tier": "x"}
    changed = json.loads(terminal.ok("kubectl run x --image=busybox --restart=Never --dry-run=client -o json --command "
                                     """--overrides='{"spec":{"nodeName":"n"}}' -- sleep 5"""))
    assert changed["spec"]["nodeName"] == "n" and changed["spec"]["restartPolicy"] == "Never"
    assert changed["spec"]["containers"][0]["command"] == ["sleep", "5"]


@pytest.mark.parametrize(("line", "error"), [
    ("run --image=b", "error: NAME is required for run\nSee 'kubectl run -h' for help and examples\n"),
    ("run a", 'error: required flag(s) "image" not set\n'),
    ("run a --image=Nginx:", 'error: Invalid image name "Nginx:": invalid reference format\n'),
    ("run a --image=b --restart=Perhaps", "error: invalid restart policy: Perhaps\nSee 'kubectl run -h' for help and "
                                          "examples\n"),
    ("run a --image=b --expose", "error: --port must be set when exposing a service\n"
                                 "See 'kubectl run -h' for help and examples\n"),
    ("expose pod nosuch --port=1", 'Error from server (NotFound): pods "nosuch" not found\n'),
    ("expose cm kube-root-ca.crt --port=1", "error: cannot expose a ConfigMap\n"),
])
def test_refusals(terminal, line, error):
    assert terminal(f"kubectl {line}") == (1, "", error)


@pytest.mark.parametrize(("release", "choices"), [
    ("1.36", ""), ("1.37", ", valid values are: Always, IfNotPresent, Never")])
def test_a_wrong_policy_is_answered_with_those_there_are(terminal, release, choices):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
    assert terminal("kubectl run a --image=b --image-pull-policy=Perhaps").err == (
        f"error: invalid image pull policy: Perhaps{choices}\nSee 'kubectl run -h' for help and examples\n")


def test_expose(web):
    assert web.ok("kubectl expose deploy web --name=front --type=NodePort --target-port=http --port=8080") == (
        "service/front exposed\n")
    port = got(web, "get svc front")["spec"]["ports"][0]
    assert (port["port"], port["targetPort"]) == (8080, "http") and 30000 <= port["nodePort"] < 32768
    assert web.ok("kubectl expose svc front --name=back --selector=a=b --dry-run=client -o name") == "service/back\n"
    assert got(web, "expose deploy web --dry-run=client")["spec"]["ports"] == [
        {"port": 80, "protocol": "TCP", "targetPort": 80}]


def test_missing_containers_are_told_before_objects_without_containers(web):
    web.ok("kubectl create cm a")
    assert web("kubectl set image cm/a deploy/web other=x").err == (
        'error: unable to find container named "other"\n'
        "error: configmaps/a the object is not a pod or does not have a pod template: *v1.ConfigMap\n\n")
