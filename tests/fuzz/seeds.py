"""What damaged inputs are made of: odd words, and valid files of each area."""

from __future__ import annotations

from fuzz.lines import words

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
    "", "x", "-1", "5", "1e999", "NaN", "true", "=", "a=b", "a=", "=b", "a=b=c", "a=b,c=d", 'a\nb', '"', '"a', "'",
    ",", ",,", "{", "{}", "[]", '{"a":1}', "null", '\x00', '\x1b[2J', '\udc80', "é", "/", "..", ".", "a/b", "a/b/c",
    "-", "--", "*", "%s", "%", "{{", "{{.}}", "{.x[", "{..}", "5s", "-5s", "1h1m", "99999999999h", "0", "10%",
    "999999999999999999999999999999", "2147483648", "a:b", ":", "a:b:c", "jsonpath={.a}", "go-template={{.a}}",
    "custom-columns=A:.a", "custom-columns=", "yaml", "json", "name", "wide", "jsonpath", "server", "client", "pods",
    "pod/pod", "deploy/dep", "all", "@f", "(", ")", "a in (b)", "a in (", "!a", "a!=b", "condition=Ready", "delete",
    "jsonpath={.a}=b", "cpu=1", "cpu=x", "100m", "http://[::1", "https://x y", "http://é", "1.2.3.4", "::1", "80:90",
    "nosuch", "minikube", "default",
]  # fmt: skip

ODD += [
    "a" * 3000, "a," * 500, "(" * 500, "[" * 500, "https://127.0.0.1:1/x", "file:///etc/passwd", "ftp://x/y", "$(A)",
    "\\",
    "a=b:c", "a:NoSchedule-", "2024-01-01T00:00:00Z", "1.28", "k8s-app in (x),y", "metadata.name=x", "spec.x=5",
]  # fmt: skip

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

KEPT = {"kubeconfig", "watch", "watch-only", "cache-dir", "help", "profile-output", "follow", "output-directory"}

OPTIONS = words("""
limit continue labelSelector fieldSelector resourceVersion watch gracePeriodSeconds dryRun fieldManager
timeoutSeconds tailLines propagationPolicy resourceVersionMatch fieldValidation force sinceTime container pretty
allowWatchBookmarks sendInitialEvents orphanDependents
""")

FOLDERS = ("HOME", "KUBESIM_HOME", "KUBECACHEDIR", "KUBECONFIG", "KUBERC")
PROGRAMS = ("KUBE_EDITOR", "EDITOR", "KUBECTL_EXTERNAL_DIFF", "SHELL")

VARIABLES = words("""
KUBESIM_KUBERNETES_VERSION KUBESIM_KUBECTL_VERSION KUBECTL_APPLYSET KUBE_EDITOR EDITOR COLUMNS TERM KUBECONFIG
KUBERC KUBECTL_EXTERNAL_DIFF PATH TZ LANG HOME KUBECACHEDIR KUBECTL_KYAML KUBESIM_HOME KUBECTL_KUBERC USER
KUBECTL_ENABLE_CMD_SHADOW KUBECTL_DEBUG_CUSTOM_PROFILE SHELL NO_COLOR
""")

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
