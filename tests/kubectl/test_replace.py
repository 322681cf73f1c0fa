import pytest

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: '1'\n"


def test_replaced(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    assert terminal.ok("kubectl replace -f -", CONFIG_MAP.replace("  a:", "  b:")) == "configmap/c replaced\n"
    assert terminal.ok("kubectl get cm c -o jsonpath={.data}") == '{"b":"1"}'


def test_an_old_version_is_refused(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    old = terminal.ok("kubectl get cm c -o yaml")
    terminal.ok("kubectl label cm c x=y")
    assert terminal("kubectl replace -f -", old).err.startswith(
        'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "c"')


def test_some_kinds_are_created(terminal):
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n"
    assert terminal.ok("kubectl replace -f -", service) == "service/s replaced\n"
    assert terminal("kubectl replace -f -", CONFIG_MAP.replace("ConfigMap", "Pod")).code == 1


def test_force_makes_it_anew(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    before = terminal.ok("kubectl get cm c -o jsonpath={.metadata.uid}")
    assert terminal.ok("kubectl replace --force -f -", CONFIG_MAP) == (
        'configmap "c" deleted\nconfigmap/c replaced\n')
    assert terminal.ok("kubectl get cm c -o jsonpath={.metadata.uid}") != before
    assert terminal.ok("kubectl replace --force -f -", CONFIG_MAP.replace("name: c", "name: d")) == (
        "configmap/d replaced\n")


@pytest.mark.parametrize("flags, message", [
    ("", "must specify one of -f and -k"),
    ("-f x --grace-period=1", "--grace-period must have --force specified"),
    ("-f x --timeout=1s", "--timeout must have --force specified"),
    ("-f x --force --dry-run=client", "--dry-run can not be used when --force is set"),
    ("-f x -f y --raw=/api", "--raw can only use a single local file or stdin"),
])
def test_wrong_calls(terminal, flags, message):
    assert terminal(f"kubectl replace {flags}") == (1, "", f"error: {message}\n")


def test_raw_paths_name_the_object(terminal):
    terminal.ok("kubectl create -f -", CONFIG_MAP)
    with open("c.json", "w", encoding="utf-8") as file:
        file.write('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}}')
    assert terminal("kubectl replace --raw=/api/v1/namespaces/default/configmaps/c -f c.json").err == (
        "Error from server (BadRequest): the name of the object (d) does not match the name on the URL (c)\n")
