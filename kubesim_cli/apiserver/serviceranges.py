"""Where Services' addresses and node ports come from: kube-apiserver's --service-cluster-ip-range and
--service-node-port-range, with their defaults."""

from __future__ import annotations


class Range:
    """A `cidr`, of a `family` and, as numbers, its `first` address and how many there are (`count`)."""

    def __init__(self, cidr: str):
        self.cidr = cidr
        base, _, bits = cidr.partition("/")
        self.family = "IPv6" if ":" in base else "IPv4"
        self.first, self.count = number_of(base), 1 << (128 if ":" in base else 32) - int(bits)

    def __contains__(self, address: str) -> bool:
        return self.first <= number_of(address) < self.first + self.count


class ServiceRanges:
    """`cidr`, one range or two with a comma between them, and what it says, family -> Range (`of`), the default one
    first; ports from `first_port` to `last_port`."""

    def __init__(self, cidr: str = "10.96.0.0/12", ports: str = "30000-32767"):
        self.cidr = cidr
        self.of = {each.family: each for each in map(Range, cidr.split(","))}
        self.first_port, self.last_port = map(int, ports.split("-"))

    @property
    def family(self) -> str:
        """The family of Services that do not ask for any."""
        return next(iter(self.of))

    @property
    def of_api(self) -> str:
        """The address of the API server's own Service."""
        return address_of(self.of[self.family].first + 1)

    @property
    def of_dns(self) -> str:
        """The address that kubeadm gives to the cluster's DNS, and that the kubelets know."""
        return address_of(self.of[self.family].first + 10)


def number_of(address: str) -> int:
    """Return an IP address as a number."""
    if ":" in address:
        from ..machinery import ipv6

        return ipv6.number_of(address)
    a, b, c, d = map(int, address.split("."))
    return a << 24 | b << 16 | c << 8 | d


def address_of(number: int) -> str:
    """Return such a number as an IP address."""
    if number >> 32:
        from ..machinery import ipv6

        return ipv6.address_of(number)
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
