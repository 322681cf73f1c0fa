"""What a cluster is besides its objects and timers: the store's meta, and the only place that knows its form.

    version        1; 0.1 wrote none, and all else as it is now
    entropy        {"seed": TEXT, "count": N, "scripted": {"RESOURCE/KEY": [UID ...]}}, see machinery.entropy
    clock          {"frozen": SECONDS, "tick": SECONDS} or {"offset": SECONDS, "speed": N, "since": SECONDS}; absent:
                   with the wall clock. `tick`, with each command: absent for none. `speed`, from when the wall clock
                   showed `since` on: absent for 1
    release        [1, 28], that the cluster is made with; absent: whoever makes it decides
    releaseAsked   true: reset named that release; absent: it was that of whoever made the default objects
    bare           true: without what kubeadm and minikube put into a cluster; absent: whoever makes it decides
    bareAsked      true: reset decided about that; absent: it was decided by whoever made the default objects
    kubelet        "stub": nodes that run no processes, or "full"; absent: whoever makes it decides, or "full"
    kubeletAsked   true: reset decided about that; absent: it was decided by whoever made the default objects
    featureGates   {NAME: BOOL}, of those that were set
    settings       {FLAG: TEXT}, of kube-apiserver and kube-controller-manager, of those that were set
    kind           the cluster of kind's that this is made as (helpers.kindnodes); absent: minikube's
    nodes          how many nodes the cluster is made with; absent: 1
    bootstrapped   the revision after the default objects were made; absent: they are not
    podsWithUsage  how many pods have annotations that tell their usage; absent: 0
    metricsServers how many pods of metrics-server are ready; absent: 0
    aggregatedAPIs how many APIServices another server stands behind; absent: 0
    failingImages  [NAME], whole names of images that cannot be pulled, with a tag or without
    ownImages      {REPOSITORY: DESCRIPTION}, images that the user has added (kubelet.images.description)
    podFaults      [FAULT], the pods that crash, fail their probes or start slowly (kubelet.podfaults)
    failingClasses [NAME], storage classes that provision nothing; "*" for all
    requestFaults  [FAULT], the requests of users that fail or take long (apiserver.faults)
    answers        [ANSWER], the command lines that are answered by what was declared (sim.answer)
    troubles       [{"at": SECONDS, "loop": NAME, "key": KEY, "what": TEXT, "count": N}], the last that loops had
"""

from __future__ import annotations

from ..apiserver.tally import Tally
from ..machinery import timestamps
from ..releases import OLDEST
from ..store.log import StoreError as StoreError
from ..store.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object, Release

VERSION = 1
END_OF_TIME = 253402300800.0  # the year 10000, in seconds since 1970
TROUBLES = 20  # that are kept


class ClusterState(Tally):
    """A view of a store's meta: it holds nothing itself, so that it is right after a rollback and a reload too."""

    def __init__(self, store: Store):
        self._store = store

    @property
    def _meta(self) -> Object:
        return self._store.meta

    def check(self) -> None:
        """Raise StoreError where a newer kubesim wrote what this one would misread."""
        version = self._meta.get("version", 0)
        if version > VERSION:
            raise StoreError(f"{self._store.folder} was written by a newer kubesim (cluster state {version}, this one "
                             f"knows {VERSION}); nothing was changed")

    def upgrade(self, release: Release) -> None:
        """Bring the state to the newest form, as part of a transaction.

        `release` is noted where the cluster was made by 0.1, which left that to whoever opened it.
        """
        self._meta["version"] = VERSION
        if not self.pristine:
            self._meta.setdefault("release", list(release))

    # What the cluster was made with

    @property
    def entropy(self) -> Object:
        """The state of the cluster's Entropy, kept up to date in place."""
        found: Object = self._meta.setdefault("entropy", {"seed": "", "count": 0})
        return found

    @property
    def release(self) -> Release | None:
        """The release that the cluster is made with, None where that is still open."""
        return self.release_in(self._meta)

    @staticmethod
    def release_in(meta: Object) -> Release | None:
        """Return the release that a store's meta tells of."""
        found = meta.get("release")
        return (found[0], found[1]) if found else None

    @property
    def release_settled(self) -> bool:
        """Whether the release stays: reset asked for it, or more than the default objects was written."""
        return self.release is not None and (bool(self._meta.get("releaseAsked")) or not self.pristine)

    def served_release(self, asked: Release | None) -> Release:
        """The release that the cluster has; `asked` has a say until it is settled."""
        return (None if self.release_settled else asked) or self.release or OLDEST

    @property
    def bare(self) -> bool | None:
        """Whether the cluster is made without kube-system's objects, None where that is still open."""
        found: bool | None = self._meta.get("bare")
        return found if found is not None or self.pristine else True  # 0.2 and before made no others

    def made_bare(self, asked: bool | None) -> bool:
        """Whether the cluster is bare; `asked` has a say until that is settled, as with the release."""
        settled = bool(self._meta.get("bareAsked")) or not self.pristine
        return bool(self.bare if settled or asked is None else asked)

    @property
    def kubelet(self) -> str:  # type: ignore[override]
        """What the cluster's nodes are, `full` or `stub`; see Tally."""
        found: str = self._meta.get("kubelet", "full")
        return found

    def made_kubelet(self, asked: str | None) -> str:
        """What the cluster's nodes are; `asked` has a say until that is settled, as with the release."""
        settled = bool(self._meta.get("kubeletAsked")) or not self.pristine
        return self.kubelet if settled or asked is None else asked

    @property
    def feature_gates(self) -> dict[str, bool]:
        """Feature gates that are set otherwise than the release does."""
        found: dict[str, bool] = self._meta.get("featureGates") or {}
        return found

    @property
    def settings(self) -> dict[str, str]:
        """Flags of kube-apiserver and kube-controller-manager that are set; of files, what they held."""
        found: dict[str, str] = self._meta.get("settings") or {}
        return found

    @property
    def kind(self) -> Object | None:
        """The cluster of kind's that this is made as (helpers.kindnodes), None for minikube's."""
        found: Object | None = self._meta.get("kind")
        return found

    @property
    def nodes(self) -> int:
        """How many nodes the cluster is made with."""
        found: int = self._meta.get("nodes", 1)
        return found

    def start_over(self, *, seed: str, nodes: int, release: Release | None, bare: bool | None,
                   kubelet: str | None, feature_gates: dict[str, bool],
                   settings: dict[str, str] | None = None, kind: Object | None = None) -> None:
        """Throw all away but the clock, if it tells a time, and describe the cluster that is to be made instead."""
        meta: Object = {"version": VERSION, "entropy": {"seed": seed, "count": 0}, "nodes": nodes}
        if release is not None:
            meta.update(release=list(release), releaseAsked=True)
        if bare is not None:
            meta.update(bare=bare, bareAsked=True)
        if kubelet is not None:
            meta.update(kubelet=kubelet, kubeletAsked=True)
        if feature_gates:
            meta["featureGates"] = feature_gates
        if settings:
            meta["settings"] = settings
        if kind:
            meta["kind"] = kind
        clock = self._meta.get("clock")
        if isinstance(clock, dict) and all(isinstance(value, (int, float)) and abs(value) < END_OF_TIME
                                           for value in clock.values()):  # which NaN is not
            meta["clock"] = clock
        self._store.replace(meta)

    # The default objects

    @property
    def bootstrapped(self) -> bool:
        """Whether the default objects have been made."""
        return bool(self._meta.get("bootstrapped"))

    @property
    def default_revision(self) -> int:
        """The revision after the default objects were made, 0 before."""
        found: int = self._meta.get("bootstrapped") or 0
        return found

    @property
    def pristine(self) -> bool:
        """Whether nothing but the default objects was ever written."""
        return not self.bootstrapped or self._meta["bootstrapped"] == self._store.revision

    def note_bootstrap(self, release: Release, bare: bool, kubelet: str) -> None:
        """The default objects of a release are made, and nothing else yet."""
        self._meta.update(bootstrapped=self._store.revision, release=list(release), bare=bare,
                          kubelet=kubelet)

    def forget_objects(self) -> None:
        """Throw the default objects away at once, to have them made anew."""
        del self._meta["bootstrapped"]
        self._store.replace(self._meta)

    # The clock, for clock.Clock

    @property
    def frozen_at(self) -> float | None:
        """Where the clock stands still, None where it runs."""
        found: float | None = (self._meta.get("clock") or {}).get("frozen")
        return found if found is None or _is_time(found) else None

    @property
    def clock_tick(self) -> float:
        """Seconds by which a frozen clock moves with each command."""
        found: float = (self._meta.get("clock") or {}).get("tick", 0.0)
        return found

    @property
    def clock_speed(self) -> float:
        """How many times as fast as the wall clock it runs."""
        found: float = (self._meta.get("clock") or {}).get("speed", 1.0)
        return found

    def clock_offset(self, wall: float) -> float:
        """Return how many seconds a running clock is ahead of the wall clock, when that shows `wall`."""
        clock = self._meta.get("clock") or {}
        found: float = clock.get("offset", 0.0) + (wall - clock.get("since", wall)) * (self.clock_speed - 1)
        return found if _is_time(found) else 0.0

    def freeze_clock(self, at: float, tick: float) -> None:
        """Have the clock stand at a time, and move by `tick` with each command."""
        self._meta["clock"] = {"frozen": at, "tick": tick} if tick else {"frozen": at}

    def run_clock(self, offset: float, speed: float, wall: float) -> None:
        """Have the clock run, `offset` seconds ahead of the wall clock now that this shows `wall`."""
        self._meta["clock"] = ({"offset": offset} if speed == 1 else
                               {"offset": offset, "speed": speed, "since": wall})

    # What the server counts

    @property
    def pods_with_usage(self) -> int:
        """How many pods have annotations that tell their usage (apiserver.metrics)."""
        found: int = self._meta.get("podsWithUsage", 0)
        return found

    @pods_with_usage.setter
    def pods_with_usage(self, count: int) -> None:
        self._meta["podsWithUsage"] = count

    @property
    def metrics_servers(self) -> int:
        """How many pods of metrics-server are ready."""
        found: int = self._meta.get("metricsServers", 0)
        return found

    @metrics_servers.setter
    def metrics_servers(self, count: int) -> None:
        self._meta["metricsServers"] = count

    @property
    def aggregated_apis(self) -> int:
        """How many APIServices another server stands behind."""
        found: int = self._meta.get("aggregatedAPIs", 0)
        return found

    @aggregated_apis.setter
    def aggregated_apis(self, count: int) -> None:
        self._meta["aggregatedAPIs"] = count

    def usage(self, api: Client, pod: Object) -> dict[str, dict[str, str]]:
        """See Tally. Nodes without processes measure nothing."""
        if self.kubelet == "stub":
            return {}
        from ..kubelet import usage

        return usage.of(api, pod)

    def usage_changes(self, api: Client) -> bool:
        """See Tally."""
        if self.kubelet == "stub" or not self.metrics_servers:
            return False
        from ..kubelet import usage

        return usage.changes(api)

    # Images

    @property
    def failing_images(self) -> list[str]:
        """Whole names of images that cannot be pulled."""
        found: list[str] = self._meta.get("failingImages", [])
        return found

    @failing_images.setter
    def failing_images(self, found: list[str]) -> None:
        self._meta["failingImages"] = found

    @property
    def own_images(self) -> dict[str, Object]:
        """Descriptions of the user's own images by repository."""
        found: dict[str, Object] = self._meta.get("ownImages", {})
        return found

    @own_images.setter
    def own_images(self, found: dict[str, Object]) -> None:
        self._meta["ownImages"] = found

    # What was declared to go another way

    @property
    def request_faults(self) -> list[Object]:
        """Requests that fail or take long, as apiserver.faults has them; the first that fits counts."""
        found: list[Object] = self._meta.get("requestFaults", [])
        return found

    @request_faults.setter
    def request_faults(self, found: list[Object]) -> None:
        self._meta["requestFaults"] = found

    @property
    def pod_faults(self) -> list[Object]:
        """Pods that crash, fail their probes or start slowly, as kubelet.podfaults has them."""
        found: list[Object] = self._meta.get("podFaults", [])
        return found

    @pod_faults.setter
    def pod_faults(self, found: list[Object]) -> None:
        self._meta["podFaults"] = found

    @property
    def failing_classes(self) -> list[str]:
        """Storage classes that provision nothing; `*` is all of them."""
        found: list[str] = self._meta.get("failingClasses", [])
        return found

    @failing_classes.setter
    def failing_classes(self, found: list[str]) -> None:
        self._meta["failingClasses"] = found

    @property
    def answers(self) -> list[Object]:
        """Command lines that are not run: `pattern`, and what comes instead: `stdout`, `stderr`, `exit`; `times`: how
        many are left, None for no end. The first that fits counts."""
        found: list[Object] = self._meta.get("answers", [])
        return found

    @answers.setter
    def answers(self, found: list[Object]) -> None:
        self._meta["answers"] = found

    # What went wrong in loops

    @property
    def troubles(self) -> list[Object]:
        """What the simulation failed in, the oldest first; see the form above. `at` is when it did so last."""
        return troubles_in(self._meta)

    def note_trouble(self, at: float, loop: str, key: str, what: str) -> None:
        known = self.troubles
        count = 1
        for old in known:
            if (old["loop"], old["key"], old["what"]) == (loop, key, what):
                count += old["count"]
                known.remove(old)
                break
        known.append({"at": at, "loop": loop, "key": key, "what": what, "count": count})
        self._meta["troubles"] = known[-TROUBLES:]


def _is_time(seconds: float) -> bool:
    """Tell whether a clock can show it: 0.2 and before wrote what is no number, too."""
    return abs(seconds) <= 2 * timestamps.LAST


def troubles_in(meta: Object) -> list[Object]:
    """Return ClusterState.troubles of a store's meta."""
    return list(meta.get("troubles", ()))


def release_of(folder: str, asked: Release | None) -> Release:
    """Return the release of the cluster in `folder` without its gates, or what one would be made with; makes none.

    This costs less than a Cluster. Raises StoreError.
    """
    store = Store(folder)
    try:
        state = ClusterState(store)
        state.check()
        return state.served_release(asked)
    finally:
        store.close()
