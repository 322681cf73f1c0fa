"""How containers that have a life of their own live along with the cluster: those that somebody was in, or that talk
with others (kubelet/residents.py)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cluster import Cluster


def advance(cluster: Cluster) -> None:
    """Let containers that talk with others come up to now."""
    from ..kubelet import residents

    those = residents.of(cluster.client)
    if those.talk:
        those.advance()
        tell_of_load(cluster)


def hear(cluster: Cluster, network: bool) -> None:
    """Something is about to be written: let containers that wait for the network hear what it says until now, where it
    is `network`, and probes that ask others ask soon again."""
    from ..kubelet import residents

    those = residents.of(cluster.client)
    if not those.asks:
        return
    if network:
        those.advance()
    those.written()


def tell_of_load(cluster: Cluster) -> None:
    """Have autoscalers look at what containers use now that they have something to do."""
    if cluster.server.runtime.take_load_began() and cluster.state.metrics_servers:
        from ..machinery.objects import key_of

        for autoscaler in cluster.client.items("horizontalpodautoscalers.autoscaling"):
            cluster.manager.enqueue("horizontalpodautoscaler", key_of(autoscaler))


def play(cluster: Cluster, until: float | None) -> bool:
    """Go to the next moment at which something happens in a resident container, `until` at most; return whether there
    is one. What the cluster does on the way comes first, all in one order. It never sleeps: the clock is moved, a
    running one goes on from there.
    """
    cluster.begin()
    cluster.settle()
    clock, manager, runtime = cluster.clock, cluster.manager, cluster.server.runtime
    due = runtime.engine.next() if runtime is not None else None
    if due is None or (until is not None and due > until):
        return False
    if runtime.engine.is_guests():
        runtime.touch()
    timer = manager.next_due()
    at = max(cluster.now, due if timer is None else min(due, timer))
    if clock.frozen:
        clock.freeze(max(at, clock.shown))
    elif at > clock.shown:
        clock.run(clock.offset_of(at))
    if not manager.step(at):
        clock.reach(at)
    runtime.advance()
    return True
