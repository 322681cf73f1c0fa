"""Node selectors and node affinity (k8s.io/component-helpers/scheduling/corev1/nodeaffinity)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object


def _integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _expression_matches(expression: Object, labels: Object) -> bool:
    operator, values = expression["operator"], expression.get("values") or []
    value = labels.get(expression["key"])
    if operator == "In":
        return value is not None and value in values
    if operator == "NotIn":
        return value is None or value not in values
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    if value is None or len(values) != 1:
        return False
    left, right = _integer(value), _integer(values[0])
    if left is None or right is None:
        return False
    return left > right if operator == "Gt" else left < right


def term_matches(term: Object, node: Object) -> bool:
    """Tell whether a NodeSelectorTerm matches a node; an empty one matches none."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    labels = node["metadata"].get("labels") or {}
    return (all(_expression_matches(expression, labels) for expression in expressions)
            and all(_expression_matches(field, {"metadata.name": node["metadata"]["name"]}) for field in fields))


def selector_matches(selector: Object | None, node: Object) -> bool:
    """Tell whether any term of a NodeSelector matches a node; no selector matches every node."""
    return selector is None or any(term_matches(term, node) for term in selector.get("nodeSelectorTerms") or ())


def required_matches(spec: Object, node: Object) -> bool:
    """Tell whether a node meets a PodSpec's nodeSelector and required node affinity."""
    wanted = spec.get("nodeSelector")
    if wanted:
        labels = node["metadata"].get("labels") or {}
        if any(labels.get(key) != value for key, value in wanted.items()):
            return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    return selector_matches(affinity.get("requiredDuringSchedulingIgnoredDuringExecution"), node)


def preference(spec: Object, node: Object) -> int:
    """Return the sum of the weights of a PodSpec's preferred terms that match a node; an empty term matches all."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    return sum(term["weight"] for term in affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
               if not term["preference"] or term_matches(term["preference"], node))


def only_nodes(spec: Object) -> set[str] | None:
    """Return the nodes that required affinity names by metadata.name in each of its terms; None where it does not."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    selector = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if selector is None:
        return None
    found: set[str] = set()
    for term in selector.get("nodeSelectorTerms") or ():
        named = [set(field["values"]) for field in term.get("matchFields") or ()
                 if field["key"] == "metadata.name" and field["operator"] == "In"]
        if not named:
            return None
        found |= set.intersection(*named)
    return found
