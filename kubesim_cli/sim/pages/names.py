"""Names that are otherwise in every cluster: bound, when a page first shows them, to what they are here.

UIDs, volumes named after them, the random ends of pods, hashes of templates, addresses, node ports, containers' ids and
nodes. What a page calls a thing must from then on mean that thing.
"""

from __future__ import annotations

import re

_UID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = re.compile(
    r"\"?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?Z| ?[+-]\d\d:?\d\d)?(?: UTC)?\"?"
    rf"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?\d\d? {_MONTH} \d{{4}} \d\d:\d\d:\d\d(?: [+-]\d{{4}}| GMT| UTC)?"
    rf"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} +\d\d? \d\d:\d\d:\d\d(?: [AP]M)? [A-Z]{{3,4}}(?: \d{{4}})?"
    rf"|\b{_MONTH} [ \d]\d +(?:\d\d:\d\d|\d{{4}})(?= )"  # as ls tells it
    r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \w+\.go:\d+\]"  # as klog begins its lines
    rf"|\d\d/{_MONTH}/\d{{4}}:\d\d:\d\d:\d\d [+-]\d{{4}}")
# What counts an object's changes, and how large a cluster's certificate is.
_COUNTER = re.compile(r"(resourceVersion\"?: *\"?|Resource Version: +)\d+|(?<=ca\.crt: )( *)\d+(?= bytes)")
_LOCAL = re.compile(r"(127\.0\.0\.1|localhost):\d{4,5}\b")  # ports that are drawn anew for each cluster and tunnel
_AGO = re.compile(r"\b\d+(?:y|d|h|m|s)(?:\d+(?:d|h|m|s))?(?= ago\b)|(?<=over )\d+(?:y|d|h|m|s)(?:\d+(?:d|h|m|s))?"
                  r"|\b\d+(?:y|d|h|m|s)(?:\d+(?:d|h|m|s))?(?= \(x\d)")
_EVENT = re.compile(r"(\s*(?:Normal|Warning)\s+\S+\s+)\d[\dydhms]*(?: \(x\d+ over [\dydhms]+\))?(?=\s)")
_IPV6 = r"(?<![\w:.])(?:2[0-9a-f]{3}|f[cd][0-9a-f]{2}):(?=[0-9a-f:]*::)[0-9a-f:]*[0-9a-f](?![\w:])"
_ATOM = re.compile(rf"{_UID}|{_IPV6}|\d+\.\d+\.\d+\.\d+|[A-Za-z0-9_-]+(?:\.+[A-Za-z0-9_-]+)*|\s+|.", re.S)
_ADDRESS, _ADDRESS6 = re.compile(r"\d+\.\d+\.\d+\.\d+"), re.compile(_IPV6)
_RELEASE = re.compile(r"(v?1\.\d\d)\.\d+\S*")
_RUNTIME = re.compile(r"\b(?:docker|containerd|cri-o)://(?=[0-9a-f]{12})")
_MEASURED = re.compile(r"\b\d+\.\d+(?: ?[KMGT]i?B\b|%)")
_REPOSITORY = re.compile(r"docker-pullable://|\bdocker\.io/(?:library/)?(?=\S+@sha256:)")
_HEX = re.compile(r"[0-9a-f]{12,64}")
_DRAWN = re.compile(r"[bcdfghjklmnpqrstvwxz2456789]{5}")  # what kubesim draws
_HASH = re.compile(r"(?=.*\d)[a-z0-9]{6,10}|[bcdfghjklmnpqrstvwxz2456789]{8,10}")
_INDEX = re.compile(r"-\d+-(?=[a-z0-9]{5}$)")
_SUFFIX = re.compile(r"[a-z0-9]{4,10}|[x]+|[y]+")
_NODE = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9._-]*", re.I)  # and the contexts that are called like clusters
_NODE_HINT = re.compile(r"node|minikube|gke|kind|worker|^ip-|master|control|minion|k8s|kube|cluster|host|instance|"
                        r"docker|aks|desktop|machine", re.I)


class Names:
    """What a page's names mean here, both ways."""

    def __init__(self, nodes: frozenset[str] = frozenset()):
        self.nodes = nodes
        self.here: dict[str, str] = {}     # page's name -> the name here
        self.of_page: dict[str, str] = {}  # the name here -> page's

    def copy(self) -> Names:
        """Return names that can be tried without binding these."""
        made = Names(self.nodes)
        made.here, made.of_page = dict(self.here), dict(self.of_page)
        return made

    def adopt(self, other: Names) -> None:
        """Take over what a copy has bound."""
        self.here, self.of_page = other.here, other.of_page

    def bind(self, page: str, here: str, loose: bool = False) -> bool:
        """Bind two names, or look whether they are bound to each other; `loose` binds them anew."""
        if not loose and (self.here.get(page, here) != here or self.of_page.get(here, page) != page):
            return False
        self.here[page], self.of_page[here] = here, page
        return True

    def alias(self, page: str, here: str) -> bool:
        """Let an address of the page be one that it has called otherwise, as a tunnel gives a service its own one."""
        if page in self.here or not (_ADDRESS.fullmatch(page) and _ADDRESS.fullmatch(here)):
            return False
        self.here[page] = here
        return True

    def to_here(self, text: str) -> str:
        """Return a command with what the page's names mean here."""
        return _replaced(text, self.here)

    def to_page(self, text: str) -> str:
        """Return an output with the page's names."""
        return _replaced(text, self.of_page)

    def candidates(self, page: str, there: list[str]) -> list[str]:
        """Return which of what there is a name can mean that a command uses and nothing has shown yet; pods of an
        Indexed Job have got their index in their names since Kubernetes 1.24."""
        stem = self._with_nodes(page)
        return [here for here in there if here not in self.of_page
                and (_same_stem(stem, here) or _same_stem(stem, _INDEX.sub("-", here)))]

    def match(self, page: str, here: str, loose: bool = False) -> bool:
        """Whether two texts are the same but for names, which are bound. Runs of blanks inside count as one."""
        if page == here and not (_HEX.search(page) or _ADDRESS.search(page) or "::" in page or "-" in page):
            return True
        if loose:
            page, here = _of_any_cluster(page), _of_any_cluster(here)
        ours, theirs = _atoms(page), _atoms(here)
        if len(ours) != len(theirs):
            return False
        return all(self._atom(one, other, loose) for one, other in zip(ours, theirs))

    def _atom(self, page: str, here: str, loose: bool) -> bool:
        if page == here:
            if not loose and self._is_drawn(here):  # it means this from now on, and nothing else does
                return self.bind(page, here)
            return loose or self.here.get(page, here) == here
        if page.isspace() and here.isspace():
            return True
        if self.here.get(page) == here:
            return True
        if self._bindable(page, here, loose):
            owners = _owner(page), _owner(here)
            return (loose or not all(owners) or self.bind(*owners)) and self.bind(page, here, loose)
        return False

    def _is_drawn(self, here: str) -> bool:
        """Whether a name is that of a node of several, or ends with what was drawn or is a hash."""
        last = here.rpartition("-")[2]
        return last != here and (here in self.nodes or bool(_DRAWN.fullmatch(last) or _HASH.fullmatch(last)))

    def _bindable(self, page: str, here: str, loose: bool) -> bool:
        uid = re.compile(_UID)
        if uid.search(here) and uid.search(page):
            return uid.sub("*", page) == uid.sub("*", here)
        if any(each.fullmatch(page) and each.fullmatch(here) for each in (_ADDRESS, _ADDRESS6)):
            return True
        if (one := _RELEASE.fullmatch(page)) and (other := _RELEASE.fullmatch(here)):
            return loose or one.group(1) == other.group(1)
        if page.isdecimal() and here.isdecimal():
            return 30000 <= int(page) <= 32767 and 30000 <= int(here) <= 32767
        if _HEX.fullmatch(page) and _HEX.fullmatch(here):
            return True
        if _HASH.fullmatch(page) and _HASH.fullmatch(here) and not page.isalpha() and not here.isalpha():
            return True
        if here in self.nodes:
            return bool(_NODE.fullmatch(page) and _NODE_HINT.search(page))
        return _same_stem(self._with_nodes(page), here)

    def _with_nodes(self, page: str) -> str:
        """Return a name of the page, in which others such as a node's may stand, with these nodes' names here."""
        for name, here in self.here.items():
            if here in self.nodes and name in page:
                page = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", here, page)
        return page


def _same_stem(page: str, here: str) -> bool:
    """Whether two names differ in nothing but their last one or two parts, which were drawn or are hashes."""
    ours, theirs = re.split(r"[-.]", page), re.split(r"[-.]", here)
    if len(ours) != len(theirs) or len(ours) < 2:
        return False
    equal = next(i for i, (one, other) in enumerate(zip(ours, theirs)) if one != other)
    rest = len(ours) - equal
    if equal == 0 or rest > 2:
        return False
    return all(one == other or ((_DRAWN.fullmatch(other) or _HASH.fullmatch(other) or _HEX.fullmatch(other)) and (
        _SUFFIX.fullmatch(one) or _HEX.fullmatch(one))) for one, other in zip(ours[equal:], theirs[equal:]))


def _owner(name: str) -> str:
    """Return the name of the ReplicaSet after which a pod is called, "" where it is called after none."""
    owner, _, drawn = name.rpartition("-")
    return owner if _SUFFIX.fullmatch(drawn) and _HASH.fullmatch(owner.rpartition("-")[2]) else ""


def _of_any_cluster(text: str) -> str:
    """Return a text in which ids of containers and images do not tell which container runtime has given them, and
    measured sizes and shares are all the same."""
    return _MEASURED.sub("<measured>", _REPOSITORY.sub("", _RUNTIME.sub("<runtime>://", text)))


def _replaced(text: str, names: dict[str, str]) -> str:
    if not names or not any(name in text for name in names):
        return text
    return "".join(names.get(atom, atom) for atom in _ATOM.findall(text))


def _atoms(text: str) -> list[str]:
    """Return the words, signs and blanks of a text; times, what counts them and the ages of events are all the same."""
    if event := _EVENT.match(text):
        text = f"{event.group(1)}<age>{text[event.end():]}"
    text = _LOCAL.sub(r"\1:<port>", _COUNTER.sub(r"\1\2<counter>", _TIME.sub("<time>", text)))
    return _ATOM.findall(_AGO.sub("<age>", text.rstrip()))


def shape(text: str) -> str:
    """Return a line without what names and numbers differ in, by which lines are laid beside each other."""
    text = re.sub(_UID, "*", _TIME.sub("*", text))
    text = re.sub(r"(?<=-hash[=:])( ?)\w+", r"\1*", re.sub(r"-[a-z0-9]{5,10}\b(?![=:])", "-*", text))
    return " ".join(re.sub(r"[0-9]+", "#", text).split())
