"""NetworkPolicy."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Cell, Context


def _pod_selector_cell(obj: Object, ctx: Context) -> Cell:
    from ....machinery.selectors import format_selector

    return format_selector(obj["spec"].get("podSelector") or {})


class NetworkPolicy(Kind):
    columns = (NAME, Column("Pod-Selector", _pod_selector_cell), AGE)
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("podSelector", {})
        for rule in [*(spec.get("ingress") or ()), *(spec.get("egress") or ())]:
            for port in rule.get("ports") or ():
                port.setdefault("protocol", "TCP")
        if not spec.get("policyTypes"):
            spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateNetworkPolicy."""
        return self.validate_update(obj, {"spec": {}}, ctx)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateNetworkPolicyUpdate, ValidateNetworkPolicySpec."""
        from ....machinery import field
        from ..checks import label_selector

        spec = obj["spec"]
        known = [cidr for block in _blocks(old["spec"]) for cidr in (block.get("cidr"), *(block.get("except") or ()))]
        errors = label_selector("spec.podSelector", spec.get("podSelector"))
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for i, rule in enumerate(spec.get(direction) or ()):
                for j, port in enumerate(rule.get("ports") or ()):
                    errors += _port(f"spec.{direction}[{i}].ports[{j}]", port)
                for j, peer in enumerate(rule.get(peers) or ()):
                    errors += _peer(f"spec.{direction}[{i}].{peers}[{j}]", peer, ctx.release, known)
        types = spec.get("policyTypes") or []
        if len(types) > 2:
            return [*errors, field.invalid("spec.policyTypes", types, "may not specify more than two policyTypes")]
        return errors + [field.not_supported(f"spec.policyTypes[{i}]", type_, ["Ingress", "Egress"])
                         for i, type_ in enumerate(types) if type_ not in ("Ingress", "Egress")]

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from ..checks import cidr_warnings

        found = []
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for i, rule in enumerate(obj["spec"].get(direction) or ()):
                for j, peer in enumerate(rule.get(side) or ()):
                    block, path = peer.get("ipBlock") or {}, f"spec.{direction}[{i}].{side}[{j}].ipBlock"
                    found += cidr_warnings(f"{path}.cidr", block.get("cidr", ""), ctx.release)
                    found += [each for k, value in enumerate(block.get("except") or ())
                              for each in cidr_warnings(f"{path}.except[{k}]", value, ctx.release)]
        return found


def _blocks(spec: Object) -> list[Object]:
    peers = [peer for rule in spec.get("ingress") or () for peer in rule.get("from") or ()]
    peers += [peer for rule in spec.get("egress") or () for peer in rule.get("to") or ()]
    return [peer["ipBlock"] for peer in peers if peer.get("ipBlock")]


def _port(path: str, port: Object) -> FieldErrors:
    """ValidateNetworkPolicyPort."""
    from ....machinery import field, names
    from ..checks import port_number, said

    errors = []
    if port.get("protocol") not in (None, "TCP", "UDP", "SCTP"):
        errors.append(field.not_supported(f"{path}.protocol", port["protocol"], ["TCP", "UDP", "SCTP"]))
    number, end = port.get("port"), port.get("endPort")
    if number is None:
        if end is not None:
            errors.append(field.invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified"))
    elif isinstance(number, int):
        errors += port_number(f"{path}.port", number)
        if end is not None:
            if end < number:
                errors.append(field.invalid(f"{path}.endPort", number, "must be greater than or equal to `port`"))
            errors += port_number(f"{path}.endPort", end)
    else:
        if end is not None:
            errors.append(field.invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric"))
        errors += said(f"{path}.port", number, names.port_name(number))
    return errors


def _peer(path: str, peer: Object, release: Release, known: list[str]) -> FieldErrors:
    """ValidateNetworkPolicyPeer."""
    from ....machinery import field
    from ..checks import label_selector

    errors: FieldErrors = []
    selectors = [key for key in ("podSelector", "namespaceSelector") if peer.get(key) is not None]
    for key in selectors:
        errors += label_selector(f"{path}.{key}", peer[key])
    block = peer.get("ipBlock")
    if block is not None:
        errors += _ip_block(f"{path}.ipBlock", block, release, known)
        if selectors:
            errors.append(field.forbidden(path, "may not specify both ipBlock and another peer"))
    elif not selectors:
        errors.append(field.required(path, "must specify a peer"))
    return errors


def _ip_block(path: str, block: Object, release: Release, known: list[str]) -> FieldErrors:
    """ValidateIPBlock."""
    from ....machinery import field, names
    from ..checks import cidr

    whole = block.get("cidr", "")
    if not whole:
        return [field.required(f"{path}.cidr")]
    errors = cidr(f"{path}.cidr", whole, release, known)
    if errors:
        return errors
    outer = names.parsed_cidr(whole)
    for i, text in enumerate(block.get("except") or ()):
        at = f"{path}.except[{i}]"
        wrong = cidr(at, text, release, known)
        errors += wrong
        inner = names.parsed_cidr(text)
        if not wrong and inner is not None and outer is not None and (
                inner.network.prefixlen <= outer.network.prefixlen or inner.ip not in outer.network):
            errors.append(field.invalid(at, text, "must be a strict subset of `cidr`"))
    return errors


KIND = NetworkPolicy()
