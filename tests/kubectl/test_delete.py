"""kubectl delete."""

import pytest

HELD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n"


@pytest.mark.parametrize(("version", "told"), [
    ("1.28", 'configmap "a" deleted\n'), ("1.36", 'configmap "a" deleted from default namespace\n')])
def test_words_of_the_releases(terminal, version, told):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = version
    terminal.ok(f"kubectl sim reset --kubernetes-version {version}")
    terminal.ok("kubectl create cm a")
    assert terminal.ok("kubectl delete cm a") == told


def test_several_and_missing_ones(terminal):
    terminal.ok("kubectl create cm a")
    terminal.ok("kubectl create cm b")
    assert terminal("kubectl delete cm a x b") == (
        1, 'configmap "a" deleted\nconfigmap "b" deleted\n',
        'Error from server (NotFound): configmaps "x" not found\n')
    assert terminal("kubectl delete cm x --ignore-not-found") == (0, "", "")
    assert terminal("kubectl delete cm -l a=b") == (0, "No resources found\n", "")


def test_dry_runs(terminal):
    terminal.ok("kubectl create cm a")
    assert terminal.ok("kubectl delete cm a --dry-run=client") == 'configmap "a" deleted (dry run)\n'
    assert terminal.ok("kubectl delete cm a --dry-run=server -o name") == "configmap/a\n"
    assert terminal.ok("kubectl get cm a -o name") == "configmap/a\n"


def test_a_finalizer_holds_an_object(terminal):
    terminal.ok("kubectl apply -f -", HELD)
    assert terminal("kubectl delete cm held --timeout=3s") == (
        1, 'configmap "held" deleted\n', "error: timed out waiting for the condition on configmaps/held\n")
    terminal.ok("kubectl delete cm held --wait=false")
    terminal.ok("""kubectl patch cm held --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'""")
    assert terminal("kubectl get cm held").code == 1


def test_grace_periods(terminal):
    terminal.ok("kubectl run web --image=nginx")
    terminal.advance("5s")
    result = terminal("kubectl delete pod web --force")
    assert result.out == 'pod "web" force deleted\n'
    assert result.err.startswith("Warning: Immediate deletion does not wait for confirmation")
    assert terminal("kubectl delete pod web --now --grace-period=3").err == (
        "error: --now and --grace-period cannot be specified together\n")
    assert terminal("kubectl delete pod web --force --grace-period=3").err == (
        "error: --force and --grace-period greater than 0 cannot be specified together\n")


def test_cascade(terminal):
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.advance("5s")
    terminal.ok("kubectl delete deploy web --cascade=orphan")
    terminal.advance("5s")
    assert terminal.ok("kubectl get rs -o name").count("replicaset") == 1
    assert terminal("kubectl delete rs --all --cascade=false").err == (
        "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.\n")
    assert terminal("kubectl delete rs --all --cascade=up").err == (
        'error: invalid cascade value (up). Must be "background", "foreground", or "orphan"\n')


@pytest.mark.parametrize(("answer", "told", "left"), [
    ("y\n", 'configmap "a" deleted\n', 1), ("n\n", "deletion is cancelled\n", 0), ("", "deletion is cancelled\n", 0)])
def test_asking_first(terminal, answer, told, left):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.30"
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl create cm a")
    assert terminal.ok("kubectl delete cm a -i", answer) == (
        "You are about to delete the following 1 resource(s):\nconfigmap/a\nDo you want to continue? (y/n): " + told)
    assert terminal("kubectl get cm a").code == left


def test_cluster_scoped_objects_with_a_namespace(terminal):
    terminal.ok("kubectl create ns temp")
    assert terminal("kubectl delete ns temp -n default").err == (
        "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n")


def test_output_and_raw(terminal):
    assert terminal("kubectl delete cm a -o yaml").err == (
        "error: unexpected -o output mode: yaml. We only support '-o name'\n")
    terminal.ok("kubectl create cm a")
    assert '"status":"Success"' in terminal.ok("kubectl delete --raw /api/v1/namespaces/default/configmaps/a")
