"""Which programs a page may run here, and why a command is left out."""

from __future__ import annotations

import re
from itertools import takewhile

from .commandline import PLACE_IN_TWO, Scan
from .scratch import PROGRAMS, TEMPORARY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

OURS = ("kubectl", "kind", "minikube")
FETCHING = ("curl", "wget")  # ours as well: for files that --map has made local; curl for addresses in the cluster
# Programs that do nothing but read, print and change files of the scratch folder.
HARMLESS = frozenset((
    "awk", "base64", "basename", "bash", "cat", "chmod", "cmp", "comm", "cp", "cut", "date", "diff", "dirname",
    "echo", "egrep", "env", "expr", "false", "fgrep", "find", "fold", "gawk", "grep", "gunzip", "gzip", "head",
    "hexdump", "hostname", "join", "jq", "ln", "ls", "md5sum", "mkdir", "mktemp", "mv", "nl", "od", "paste", "printf",
    "pwd", "readlink", "realpath", "rev", "rm", "rmdir", "sed", "seq", "sh", "sha1sum", "sha256sum", "sleep", "sort",
    "split", "stat", "strings", "tac", "tail", "tar", "tee", "test", "timeout", "touch", "tr", "true", "tsort",
    "uname", "uniq", "uuidgen", "wc", "which", "whoami", "xargs", "xxd", "yes", "yq", "zcat",
))
BUILTINS = frozenset((
    ".", ":", "[", "[[", "alias", "bg", "break", "cd", "clear", "command", "continue", "declare", "dirs", "eval",
    "exit", "export", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let", "local", "mapfile", "popd",
    "pushd", "read", "readonly", "return", "set", "shift", "shopt", "source", "time", "trap", "type", "typeset",
    "ulimit", "umask", "unalias", "unset", "wait",
))
# Those that pages use and that reach beyond: named here so that a line that begins with one is known for a command.
BEYOND = frozenset((
    "ansible", "ansible-playbook", "apparmor_parser", "apt", "apt-get", "argo", "argocd", "aws", "az", "brew",
    "buildah", "calicoctl", "cfssl", "cfssljson", "chgrp", "choco", "chown", "cilium", "cmctl", "conntrack",
    "containerd", "cosign", "crane", "cri-dockerd", "crictl", "ctr", "curl", "df", "dig", "dnf", "docker", "doctl",
    "du", "eksctl", "etcdctl", "exit", "flux", "free", "gcloud", "gh", "git", "go", "gpg", "helm", "hey",
    "htpasswd", "hubble", "ifconfig", "ip", "iptables", "istioctl", "java", "journalctl", "jsonnet", "k0s", "k3d",
    "k3s", "k6", "k9s", "kn", "kompose", "krew", "kubeadm", "kubectx", "kubelet", "kubens", "kubeseal", "linkerd",
    "lsblk", "lsof", "make", "microk8s", "mount", "multipass", "mvn", "nc", "nerdctl", "netstat", "nmap", "node",
    "npm", "nslookup", "oc", "opa", "openssl", "openstack", "oras", "packer", "ping", "pip", "podman", "ps",
    "pulumi", "python", "python3", "rsync", "scp", "skaffold", "skopeo", "snap", "ss", "ssh", "ssh-keygen", "stern",
    "su", "sudo", "swapoff", "sysctl", "systemctl", "talosctl", "telepresence", "telnet", "terraform", "tkn",
    "traceroute", "trivy", "uptime", "useradd", "vagrant", "vault", "velero", "vi", "vim", "virtctl", "watch",
    "wget", "yarn", "yum", "zypper",
))
KNOWN = HARMLESS | BUILTINS | BEYOND | frozenset(OURS)
_CHANGING = frozenset(("cp", "ln", "mkdir", "mv", "rm", "rmdir", "tee", "touch", "chmod", "tar", "split", "mktemp"))
_SHELLS = frozenset(("sh", "bash"))
_CALLING = frozenset(("command", "env", "find", "timeout", "xargs"))  # others, which their words name
_PLACE = re.compile(r"(?<![\w./-])<[A-Za-z][\w .:-]*>|<[A-Za-z][\w|-]*>|"
                    r"(?<![$\w'\"{.-])\{[a-z][a-z-]*[a-z]\}|"
                    r"(?<!\S)(?:\.\.\.|…)(?!\S)|(?<=[A-Za-z0-9+/])(?:\.\.\.|…)(?=[A-Za-z0-9+/])|"
                    r"\[--?[a-z]|\b(?:TYPE|FILENAME|POD_NAME)\b|\$\{?[A-Z_]*(YOUR|REPLACE)[A-Z_]*\}?", re.ASCII)

_OF_THE_MACHINE = re.compile(r"/$|/(?:bin|boot|etc|home|lib\w*|mnt|opt|proc|root|run|sbin|srv|sys|usr|var"
                             r"|dev/(?!null|std|tty|zero|u?random|fd))(?:/|$)")
_OWN = re.compile(rf"(?:{TEMPORARY}|{PROGRAMS})(?:/|$)")  # for which a page has folders of its own
_WRITING = {"cp", "config", "cluster-info"}  # what of kubectl writes files
_PROCESS = re.compile(r"-?\d+")
_SETS_HOME = re.compile(r"\bKUBESIM_HOME=")

_SETS = re.compile(r"\b([A-Za-z_]\w*)\+?=|\bfor\s+(\w+)\s+in\b|\bread\s+(?:-\w+\s+)*(\w+)")
_USES = re.compile(r"(?<!\\)\$\{?([A-Z][A-Z0-9_]{2,})\b(?!:?[-=])")
_LITERAL = re.compile(r"'[^']*'|<<-?\s*['\"].*", re.S)

WATCH = re.compile(r"^\s*kubectl\s.*\s(?:-w|--watch|-w=true|--watch=true)(?:\s|$)")
_FOREGROUND = re.compile(r"^\s*kubectl\s+(?:-\S+\s+)*(?:proxy|port-forward)\b(?!.*&\s*$)")
_EDITOR = re.compile(r"^\s*kubectl\s+(?:-\S+\s+)*edit\b")


def why_not(text: str, known: Collection[str], allowed: Collection[str] = ()) -> str:
    """Return why a command is left out, "" where it is run.

    `known`: names that the page itself has defined (functions, aliases); `allowed`: programs that the user lets run.
    """
    if placeholder := PLACE_IN_TWO.search(text) or _PLACE.search(re.sub(r"'[^']*'", "''", text.split("<<")[0])):
        return f"has the placeholder {placeholder.group()}"
    scan = Scan(text)
    if scan.open:
        return "is not complete"
    if _SETS_HOME.search(text):
        return "sets KUBESIM_HOME"
    return _why_beyond(scan, known, allowed)


def _why_beyond(scan: Scan, known: Collection[str], allowed: Collection[str]) -> str:
    for words in scan.commands:
        name = words[0]
        if name in _CALLING:
            words = words[next((i for i, word in enumerate(words) if i and word in _CHANGING | _SHELLS), 0):]
            name = words[0]
        for text in _handed_on(words):
            if why := _why_beyond(Scan(text), (*known, *scan.functions), allowed):
                return why
        if name in known or name in scan.functions or name in allowed or name.startswith("$"):
            continue
        if name in FETCHING and len(words) > 1 and _is_near(name, words):
            continue
        if name not in HARMLESS and name not in BUILTINS and name not in OURS:
            return f"runs {name}" if len(name) < 40 else "runs an unknown program"
        if name in _CHANGING and any(_outside(word) for word in words[1:]):
            return f"has {name} change files outside of its folder"
        if name == "kubectl" and _WRITING.intersection(words) and any(
                _outside(word.rpartition("=")[2]) for word in words):
            return "has kubectl change files outside of its folder"
        if name == "cd" and any(map(_outside, words[1:])):
            return "leaves its folder"
        if name == "kill" and any(map(_PROCESS.fullmatch, words[2 if words[1:] and words[1][0] == "-" else 1:])):
            return "signals a process that it cannot know"
        path = next((word for word in words[1:] if _OF_THE_MACHINE.match(word) and not _OWN.match(word)), "")
        if path and (name in HARMLESS or name in (".", "source")):
            return f"reads {path}"
    if any(_reads_script(words) for words in scan.commands):
        for begin, end in scan.documents:
            if why := _why_beyond(Scan(scan.text[begin:end]), (*known, *scan.functions), allowed):
                return why
    if path := next((word for word in scan.looped if _OF_THE_MACHINE.match(word) and not _OWN.match(word)), ""):
        return f"reads {path}"
    for target in scan.targets:
        if _outside(target):
            return f"writes {target}"
    return ""


def _handed_on(words: Sequence[str]) -> Iterator[str]:
    """Yield the scripts that a command's words are for a shell."""
    if words[0] == "eval":
        yield " ".join(words[1:])
    elif words[0] == "trap":
        yield from (word for word in words[1:2] if not word.startswith("-"))
    elif words[0] in _SHELLS:
        flags = list(takewhile(lambda word: word.startswith("-"), words[1:]))
        if any(re.fullmatch(r"-[a-z]*c", flag) for flag in flags):
            yield from words[1 + len(flags):2 + len(flags)]


def _reads_script(words: Sequence[str]) -> bool:
    """Whether a shell reads its script from its input."""
    return words[0] in _SHELLS and all(word.startswith("-") for word in words[1:])


def unset_variable(text: str, known: Collection[str]) -> str:
    """Return a variable in capitals that a command uses and nothing sets, "" where there is none: a placeholder."""
    return next((name for name in _USES.findall(_LITERAL.sub("", text)) if name not in known), "")


def variables(text: str) -> set[str]:
    """Return the variables that a command sets."""
    return {name for found in _SETS.findall(text) for name in found if name}


def why_endless(text: str, environ: Collection[str]) -> str:
    """Return why a command would not end by itself, "" where it does. `environ`: the variables that the shell has."""
    if _FOREGROUND.match(text):
        return "serves until it is stopped"
    return "opens an editor" if _EDITOR.match(text) and not {"EDITOR", "KUBE_EDITOR"} & set(environ) else ""


def _is_near(name: str, words: list[str]) -> bool:
    """Whether what a program fetches is a local file, or behind an address that only the cluster can have."""
    asked = [word for word in words[1:] if not word.startswith("-") and re.search(r"[./$]", word)]
    near = [word for word in asked if re.match(r"(?:https?://)?(?:\d+\.\d+\.\d+\.\d+|\$)", word)]
    local = [word for word in asked if word.startswith("/") and "://" not in word]
    return bool(local or (near and name == "curl")) and not any(
        "://" in word and word not in near for word in asked)


def _outside(word: str) -> bool:
    return bool(re.match(r"(?:\./)*\.\./\.\.|~[a-z]", word)) or (
        word.startswith("/") and not word.startswith(("/dev/null", "/dev/stderr", "/dev/stdout")) and (
            not _OWN.match(word) or "/.." in word))


def defined_names(text: str) -> set[str]:
    """Return the functions and aliases that a command defines."""
    scan = Scan(text)
    return scan.functions | {word.partition("=")[0] for words in scan.commands if words[0] == "alias"
                             for word in words[1:] if "=" in word}


def looks_like_command(line: str, strict: bool = False) -> bool:
    """Whether a line without a prompt is likely a command: its first word is a program or a keyword of the shell.

    `strict`: only what is hardly anything else, as in a block that may as well be a listing.
    """
    line = line.strip()
    first = line.split(maxsplit=1)[0] if line else ""
    if strict:
        return (first in ("kubectl", "minikube", "export", "alias", "cat", "curl") and len(line.split()) > 1
                and not re.match(r"kubectl (controls|is)\b", line)) or bool(re.match(r"[A-Za-z_]\w*=\$\([a-z]", line))
    return (first in KNOWN or first in ("for", "while", "until", "if", "case", "function", "{", "(")
            or bool(re.match(r"[A-Za-z_]\w*=\S", line)))


def looks_like_call(line: str) -> bool:
    """Whether a line is likely a call of a program with a file or a flag, and no row of words with columns."""
    words = line.split()
    return bool(words) and words[0] in KNOWN and "  " not in line.strip() and any(
        re.search(r"^-\w|^--\w|/|\.\w", word) for word in words[1:])
