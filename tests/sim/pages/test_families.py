"""A page whose listings show IPv6 is played in a dual-stack cluster."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.families import settings_of
from kubesim_cli.sim.pages.model import Command, Listing, Page


def page(listing):
    command = Command("kubectl get pods", 1)
    command.listing = Listing(listing.splitlines(), 2)
    return Page("p.md", "", [command])


@pytest.mark.parametrize("listing", [
    "10.244.1.4\n2001:db8::4\n", "IPs:  10.0.0.1,fd00:10:96::af55\n", "IP Families:  IPv4,IPv6\n",
    "  ipFamilies:\n  - IPv4\n  - IPv6\n"])
def test_two_families_are_seen(listing):
    assert set(settings_of(page(listing))) == {"cluster-cidr", "service-cluster-ip-range"}


@pytest.mark.parametrize("listing", [
    "::1  localhost ip6-localhost\nfe00::0  ip6-localnet\nfe00::1  ip6-allnodes\n", "Started: 2024-01-01T10:20:30Z\n",
    "ether 0a:58:0a:f4:00:05\n", "IP Families:  IPv4\n", "sha256:2345::\n", "std::fd00::x\n"])
def test_one_is_left(listing):
    assert settings_of(page(listing)) == {}


def test_the_range_of_services_is_the_shown_one():
    listing = "NAME         CIDRS          AGE\nkubernetes   10.96.0.0/28   17d\n"
    assert settings_of(page(listing)) == {"service-cluster-ip-range": "10.96.0.0/28"}
    assert settings_of(page(listing.replace("kubernetes", "more      "))) == {}


@pytest.mark.parametrize("shown", ["10.43.0.0/33", "999.43.0.0/16", "10.43.0.0/8", "10.43.0.1/16", "10.244.0.0/16"])
def test_a_range_that_no_server_starts_with_is_none(shown):
    assert settings_of(page(f"NAME         CIDRS          AGE\nkubernetes   {shown}   17d\n")) == {}
