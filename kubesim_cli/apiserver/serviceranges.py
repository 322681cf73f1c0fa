"""Where Services' addresses and node ports come from: kube-apiserver's --service-cluster-ip-range and
--service-node-port-range, with their defaults."""

from __future__ import annotations


class ServiceRanges:
    """`cidr` and, as numbers, its `first` address and how many there are (`count`); ports from `first_port` to
    `last_port`."""

    def __init__(self, cidr: str = "10.96.0.0/12", ports: str = "30000-32767"):
        self.cidr = cidr
        base, _, bits = cidr.partition("/")
        self.first, self.count = number_of(base), 1 << 32 - int(bits)
        self.first_port, self.last_port = map(int, ports.split("-"))

    @property
    def of_api(self) -> str:
        """The address of the API server's own Service."""
        return address_of(self.first + 1)

    @property
    def of_dns(self) -> str:
        """The address that kubeadm gives to the cluster's DNS, and that the kubelets know."""
        return address_of(self.first + 10)


def number_of(address: str) -> int:
    """Return an IPv4 address as a number."""
    a, b, c, d = map(int, address.split("."))
    return a << 24 | b << 16 | c << 8 | d


def address_of(number: int) -> str:
    """Return a number as an IPv4 address."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
