import re

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: '1'\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: {}\n  same: x\n"


def _changes(out):
    return [line for line in out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_exit_codes(terminal):
    assert terminal("kubectl diff -f -", CONFIG_MAP).code == 1
    terminal.ok("kubectl apply -f -", CONFIG_MAP)
    assert terminal("kubectl diff -f -", CONFIG_MAP) == (0, "", "")
    result = terminal("kubectl diff -f -", CONFIG_MAP.replace("'1'", "'2'"))
    assert result.code == 1 and _changes(result.out) == ['-  a: "1"', '+  a: "2"']
    assert terminal("kubectl diff -f none.yaml") == (2, "", 'error: the path "none.yaml" does not exist\n')


def test_secrets_are_masked(terminal):
    terminal.ok("kubectl apply -f -", SECRET.format("old"))
    changed = SECRET.format("new")
    assert _changes(terminal("kubectl diff -f -", changed).out) == ["-  a: '*** (before)'", "+  a: '*** (after)'"]


def test_secrets_may_be_shown(newest):
    newest.ok("kubectl apply -f -", SECRET.format("old"))
    assert "bmV3" in newest("kubectl diff --show-secrets -f -", SECRET.format("new")).out


def test_external_program(terminal):
    terminal.environ["KUBECTL_EXTERNAL_DIFF"] = "echo -x ;rm y=1"
    result = terminal("kubectl diff -f -", CONFIG_MAP)
    assert result.code == 0 and re.fullmatch(r"\S*LIVE-\d+ \S*MERGED-\d+ -x y=1\n", result.out)
    terminal.environ["KUBECTL_EXTERNAL_DIFF"] = "no-such-program"
    result = terminal("kubectl diff -f -", CONFIG_MAP)
    assert result == (2, "", 'error: failed to run "no-such-program": executable file not found in $PATH\n')


def test_server_side(terminal):
    terminal.ok("kubectl apply --server-side -f -", CONFIG_MAP)
    assert terminal("kubectl diff --server-side -f -", CONFIG_MAP).code == 0
    assert terminal("kubectl diff --force-conflicts -f -", CONFIG_MAP).err == (
        "error: --force-conflicts only works with --server-side\n")


def test_a_conflict_is_taken_for_a_change_meanwhile(terminal):
    terminal.ok("kubectl apply --server-side -f -", CONFIG_MAP)
    result = terminal("kubectl diff --server-side --field-manager=me -f -", CONFIG_MAP.replace("'1'", "'2'"))
    warning, error = result.err.splitlines()[:2]
    assert warning.endswith("Object (/v1, Kind=ConfigMap: c) keeps changing, diffing without lock")
    assert error.startswith("Error from server (Conflict): Apply failed with 1 conflict: ")


def test_prune_shows_what_would_go(terminal):
    labelled = CONFIG_MAP.replace("metadata:\n", "metadata:\n  labels: {p: x}\n")
    other = labelled.replace("name: c", "name: d")
    terminal.ok("kubectl apply -f -", labelled + "---\n" + other)
    result = terminal("kubectl diff --prune -l p=x --prune-allowlist=core/v1/ConfigMap -f -", labelled)
    assert result.code == 1 and "-  name: d" in result.out
    assert "-  managedFields:" in result.out


def test_pruned_secrets_are_not_hidden(terminal):
    labelled = SECRET.format("old").replace("metadata:\n", "metadata:\n  labels: {p: x}\n")
    terminal.ok("kubectl apply -f -", labelled)
    pruned = terminal("kubectl diff --prune -l p=x --prune-allowlist=core/v1/Secret -f -",
                      labelled.replace("name: s", "name: t")).out
    assert "-  a: b2xk" in pruned and "+  a: '***'" in pruned


def test_of_a_new_secret_there_was_null(terminal):
    shown = terminal("kubectl diff -f -", SECRET.format("new")).out
    assert "\n@@ -1 +1," in shown and "\n-null\n+apiVersion: v1\n" in shown
    assert "-null" not in terminal("kubectl diff -f -", CONFIG_MAP).out


def test_prune_looks_where_all_is_new(terminal):
    labelled = CONFIG_MAP.replace("metadata:\n", "metadata:\n  labels: {p: x}\n")
    terminal.ok("kubectl create ns other")
    terminal.ok("kubectl apply -n other -f -", labelled)
    result = terminal("kubectl diff --prune -l p=x --prune-allowlist=core/v1/ConfigMap -n other -f -",
                      labelled.replace("name: c", "name: new"))
    assert result.code == 1 and "-  name: c" in result.out and "+  name: new" in result.out
