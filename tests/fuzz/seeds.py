"""What damaged inputs are made of: wrong values, command lines, and valid files of each area."""

from __future__ import annotations

from typing import Any

DROP = object()  # the place is left out

WRONG: list[Any] = [
    DROP,
    None,
    "",
    [],
    {},
    0,
    5,
    -1,
    1.5,
    True,
    False,
    "x",
    "x y",
    "-1",
    "ä\n",
    "a/b/c",
    [None],
    [5],
    ["x"],
    [{}],
    [[]],
    {"x": None},
    {"x": 5},
    {"x": "y"},
    {"x": {}},
    {"": ""},
    1 << 31,
    1 << 63,
    10**30,
    1e300,
    "9" * 400,
    "{{",
    "$(A)",
    "64 Mi",
    "5%",
    "2024-13-01T00:00:00Z",
]

MANIFEST_VERBS = [
    line.split()
    for line in """
create -f @f --dry-run=server
create -f @f
create -f @f --dry-run=client -o yaml
create -f @f --validate=false
create -f @f --save-config --dry-run=server -o name
apply -f @f --dry-run=server
apply -f @f
apply -f @f --dry-run=client
apply -f @f --validate=false
apply -f @f --server-side
apply -f @f --server-side --dry-run=server --force-conflicts
apply -f @f --prune -l app=none --dry-run=server
apply set-last-applied -f @f --create-annotation
apply view-last-applied -f @f
replace -f @f
replace -f @f --force
replace -f @f --dry-run=server
replace -f @f --dry-run=client
diff -f @f
diff -f @f --server-side
label --local -f @f a=b -o yaml
label -f @f a=b --dry-run=server
annotate --local -f @f a=b -o json
annotate -f @f a=b
set image --local -f @f c=nginx:2 -o yaml
set image -f @f *=nginx:2
set env --local -f @f A=B -o yaml
set env -f @f --list
set resources --local -f @f --limits=cpu=1 -o yaml
set selector --local -f @f a=b -o yaml
set serviceaccount --local -f @f sa -o yaml
set subject --local -f @f --user=x -o yaml
scale -f @f --replicas=2
autoscale -f @f --max=3
expose -f @f --port=80
expose -f @f --port=80 --dry-run=client -o yaml
delete -f @f
delete -f @f --dry-run=client
delete -f @f --dry-run=server --ignore-not-found
get -f @f
get -f @f -o yaml
get -f @f -o wide
describe -f @f
rollout status -f @f
rollout history -f @f
rollout restart -f @f
rollout undo -f @f
rollout pause -f @f
wait -f @f --for=delete --timeout=1s
wait -f @f --for=jsonpath={.spec.x}=5 --timeout=1s
patch -f @f -p {"metadata":{"labels":{"z":"z"}}}
patch -f @f --local -p {"spec":{"replicas":2}} -o yaml
taint -f @f k=v:NoSchedule
logs -f @f
auth reconcile -f @f
auth reconcile -f @f --dry-run=client
create -f @f --edit
convert -f @f
debug -f @f
drain minikube --dry-run=client
events --for=pod/x
certificate approve -f @f
kustomize .
""".strip().splitlines()
]

CONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "preferences": {"colors": True},
    "current-context": "m",
    "clusters": [
        {
            "name": "m",
            "cluster": {
                "server": "https://127.0.0.1:1",
                "certificate-authority-data": "YQ==",
                "insecure-skip-tls-verify": False,
                "extensions": [{"name": "e", "extension": {}}],
            },
        }
    ],
    "contexts": [{"name": "m", "context": {"cluster": "m", "user": "u", "namespace": "default"}}],
    "users": [
        {
            "name": "u",
            "user": {
                "username": "n",
                "password": "p",
                "as-groups": ["g"],
                "as-user-extra": {"a": ["b"]},
                "auth-provider": {"name": "p", "config": {"k": "v"}},
            },
        },
        {
            "name": "v",
            "user": {
                "token": "t",
                "exec": {
                    "apiVersion": "client.authentication.k8s.io/v1",
                    "command": "c",
                    "args": ["a"],
                    "env": [{"name": "n", "value": "v"}],
                    "interactiveMode": "Never",
                },
            },
        },
    ],
}

CONFIG_VERBS = [
    line.split()
    for line in """
get ns
config view
config view --minify --flatten
config view -o jsonpath={.users}
config get-contexts
config get-clusters
config get-users
config current-context
config use-context m
config set-context m --namespace=x
config set-context --current --user=u
config set-cluster m --server=x
config set-credentials u --token=t
config set-credentials u --auth-provider=x --auth-provider-arg=a=b --auth-provider-arg=k-
config set-credentials v --exec-command=x --exec-env=A=b --exec-arg=c
config rename-context m n
config delete-context m
config delete-cluster m
config delete-user u
config set users.u.username x
config set contexts.m.namespace x
config set clusters.m.insecure-skip-tls-verify true
config set users.v.exec.command x
config set preferences.colors false
config unset users.u.password
config unset contexts.m
config unset users.v.exec.command
config unset current-context
auth whoami
version
""".strip().splitlines()
]

KUBERC = {
    "apiVersion": "kubectl.config.k8s.io/v1beta1",
    "kind": "Preference",
    "defaults": [
        {"command": "get", "options": [{"name": "output", "default": "wide"}]},
        {"command": "create configmap", "options": [{"name": "dry-run", "default": "client"}]},
    ],
    "aliases": [
        {
            "name": "gp",
            "command": "get",
            "prependArgs": ["pods"],
            "appendArgs": ["-A"],
            "options": [{"name": "output", "default": "json"}],
        }
    ],
    "credentialPluginPolicy": "AllowAll",
    "credentialPluginAllowlist": [{"name": "x"}],
}

KUSTOMIZATION = {
    "apiVersion": "kustomize.config.k8s.io/v1beta1",
    "kind": "Kustomization",
    "resources": ["r.yaml"],
    "namespace": "n",
    "namePrefix": "p-",
    "nameSuffix": "-s",
    "commonLabels": {"a": "b"},
    "commonAnnotations": {"c": "d"},
    "labels": [{"pairs": {"e": "f"}, "includeSelectors": True, "fields": [{"path": "x", "create": True}]}],
    "images": [{"name": "nginx", "newName": "n", "newTag": "2", "digest": "sha256:1"}],
    "replicas": [{"name": "dep", "count": 3}],
    "configMapGenerator": [
        {
            "name": "g",
            "literals": ["a=b"],
            "files": ["r.yaml"],
            "envs": ["e.env"],
            "options": {"labels": {"x": "y"}, "disableNameSuffixHash": True},
            "behavior": "create",
        }
    ],
    "secretGenerator": [{"name": "s", "literals": ["a=b"], "type": "Opaque"}],
    "generatorOptions": {"labels": {"x": "y"}, "annotations": {"x": "y"}, "disableNameSuffixHash": False},
    "patches": [
        {
            "patch": "- op: replace\n  path: /spec/replicas\n  value: 4\n",
            "target": {"kind": "Deployment", "name": "dep"},
        },
        {"path": "p.yaml", "options": {"allowNameChange": True}},
    ],
    "patchesStrategicMerge": ["p.yaml"],
    "patchesJson6902": [{"target": {"version": "v1", "kind": "Deployment", "name": "dep"}, "path": "j.json"}],
    "replacements": [
        {
            "source": {"kind": "Deployment", "name": "dep", "fieldPath": "metadata.name"},
            "targets": [
                {
                    "select": {"kind": "Deployment"},
                    "fieldPaths": ["metadata.annotations.z"],
                    "options": {"create": True, "delimiter": "-", "index": 0},
                }
            ],
        }
    ],
    "vars": [
        {
            "name": "V",
            "objref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "dep"},
            "fieldref": {"fieldpath": "metadata.name"},
        }
    ],
    "buildMetadata": ["originAnnotations"],
    "sortOptions": {"order": "legacy", "legacySortOptions": {"orderFirst": ["Namespace"]}},
    "crds": ["c.json"],
    "openapi": {"path": "o.json"},
    "components": ["c"],
    "configurations": ["f.yaml"],
}

ODD = [
    "",
    "x",
    "-1",
    "5",
    "1e999",
    "NaN",
    "true",
    "=",
    "a=b",
    "a=",
    "=b",
    "a=b=c",
    "a=b,c=d",
    "a\nb",
    '"',
    '"a',
    "'",
    ",",
    ",,",
    "{",
    "{}",
    "[]",
    '{"a":1}',
    "null",
    "\x00",
    "\x1b[2J",
    "\udc80",
    "é",
    "/",
    "..",
    ".",
    "a/b",
    "a/b/c",
    "-",
    "--",
    "*",
    "%s",
    "%",
    "{{",
    "{{.}}",
    "{.x[",
    "{..}",
    "5s",
    "-5s",
    "1h1m",
    "99999999999h",
    "0",
    "10%",
    "9" * 30,
    "2147483648",
    "a:b",
    ":",
    "a:b:c",
    "jsonpath={.a}",
    "go-template={{.a}}",
    "custom-columns=A:.a",
    "custom-columns=",
    "yaml",
    "json",
    "name",
    "wide",
    "jsonpath",
    "server",
    "client",
    "pods",
    "pod/pod",
    "deploy/dep",
    "all",
    "@f",
    "a" * 3000,
    "(",
    ")",
    "a in (b)",
    "a in (",
    "!a",
    "a!=b",
    "condition=Ready",
    "delete",
    "jsonpath={.a}=b",
    "cpu=1",
    "cpu=x",
    "100m",
    "http://[::1",
    "https://x y",
    "http://é",
    "1.2.3.4",
    "::1",
    "80:90",
    "nosuch",
    "minikube",
    "default",
]

BLOCKING = {"proxy", "port-forward", "attach", "completion", "debug", "sim"}

TEMPLATES = {
    "jsonpath": [
        "{.items[*].metadata.name}",
        '{range .items[*]}{.metadata.name}{"\\n"}{end}',
        '{.items[?(@.metadata.name=="cm")].data}',
        "{..name}",
        "{.items[0:2:1]['metadata.name']}",
        "{$.items[-1:]}",
        "{.items[?(@.a>5)]}",
        "{.a.b\\.c}",
    ],
    "go-template": [
        '{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}',
        "{{range $i, $e := .items}}{{$i}}{{else}}x{{end}}",
        '{{if and .a (eq .b "c")}}x{{else if .d}}{{end}}',
        '{{printf "%5.2f %v %q %d" 1.5 .a "b" 3}}',
        '{{with $x := index .items 0}}{{$x.kind | printf "%s" | len}}{{end}}',
        '{{define "t"}}{{.}}{{end}}{{template "t" .}}',
        "{{- /* c */ -}}",
        "{{slice .kind 1 2}}",
        "{{base64decode .a}}",
        "{{html .}}{{js .}}{{urlquery .kind}}",
        "{{break}}",
    ],
    "custom-columns": ["NAME:.metadata.name,X:.spec.x", "A:metadata.name", "A:.items[*]['a']", "A:{.a},B:..b"],
}

URLS = [
    "/api/v1/namespaces/default/pods/pod",
    "/api/v1/pods?limit=5&continue=x",
    "/apis/apps/v1/namespaces/default/deployments/dep/scale",
    "/api/v1/nodes?labelSelector=a%3Db&fieldSelector=metadata.name%3Dx",
    "/apis",
    "/openapi/v3",
    "/api/v1/pods?resourceVersion=0",
    "/api/v1/namespaces/default/pods/pod/log?tailLines=5&sinceSeconds=3",
    "/version",
    "/healthz?verbose",
    "/metrics",
    "/api/v1/pods?watch=true&timeoutSeconds=1",
    "/api/v1/namespaces/default/services/svc:80/proxy/",
    "/api/v1/pods?pretty=true&dryRun=All",
]
