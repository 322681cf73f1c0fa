"""The status of a ResourceClaim: which devices it got, who uses it, what drivers tell of them
(pkg/apis/resource/validation/validation.go; pkg/registry/resource/resourceclaim/strategy.go)."""

from __future__ import annotations

from ....machinery import field, names
from ..checks import conditions, dns1123_label, driver_name, immutable, said
from .devices import configuration, each, reference, requests_of
from .slicedevices import binding
from .slices import pool_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

    Shared = tuple[str, str, str, str]  # driver, pool, device, share

_MOST_USERS, _MOST_RESULTS, _MOST_CONFIGURATIONS, _MOST_REQUESTS = 256, 32, 64, 32
_MOST_CONDITIONS, _MOST_ADDRESSES = 8, 16
_LONGEST_DATA = 10 * 1024
_LONGEST_INTERFACE, _LONGEST_HARDWARE = 256, 128
_SOURCES = ("FromClaim", "FromClass")
_UID = ("uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal "
        "characters")


def drop_deallocated(status: Object, before: Object) -> None:
    """Take what is told of devices that the claim has no more out of a status, in place (dropDeallocatedStatusDevices).
    """
    gone = _allocated(before) - _allocated(status)
    kept = [device for device in status.get("devices") or () if _shared(device) not in gone]
    if kept:
        status["devices"] = kept
    else:
        status.pop("devices", None)


def validate(claim: Object, before: Object, deleted: bool) -> FieldErrors:
    """Return the FieldErrors of a claim's status; `before`: the stored one, `deleted`: whether the claim is to go
    (validateResourceClaimStatusUpdate)."""
    status = claim.get("status") or {}
    users, allocation = status.get("reservedFor") or [], status.get("allocation")
    errors = each("status.reservedFor", users, _MOST_USERS, _user, lambda user: user.get("uid", ""))
    devices, allocated = status.get("devices") or [], _allocated(status)
    errors += each("status.devices", devices, len(devices), lambda at, device: _device(at, device, allocated))
    seen: set[Shared] = set()
    for i, device in enumerate(devices):
        if _shared(device) in seen:
            errors.append(field.duplicate(f"status.devices[{i}]", _told(device)))
        seen.add(_shared(device))
    if users and allocation is None:
        errors.append(field.forbidden("status.reservedFor", "may not be specified when `allocated` is not set"))
    elif users and deleted and any(user not in (before.get("reservedFor") or ()) for user in users):
        errors.append(field.forbidden("status.reservedFor", "new entries may not be added while "
                                      "`deallocationRequested` or `deletionTimestamp` are set"))
    if allocation is not None and before.get("allocation") is not None:
        return errors + immutable("status.allocation", allocation, before["allocation"])
    return errors + (_allocation(allocation, requests_of((claim.get("spec") or {}).get("devices") or {}))
                     if allocation is not None else [])


def _allocated(status: Object) -> set[Shared]:
    """gatherAllocatedDevices"""
    return {_shared(result) for result in ((status.get("allocation") or {}).get("devices") or {}).get("results") or ()}


def _shared(device: Object) -> Shared:
    return device.get("driver", ""), device.get("pool", ""), device.get("device", ""), device.get("shareID") or ""


def _told(device: Object) -> Object:
    return dict(zip(("Driver", "Pool", "Device", "ShareID"), _shared(device)))


def _user(path: str, user: Object) -> FieldErrors:
    """validateResourceClaimUserReference"""
    return [field.required(f"{path}.{key}") for key in ("resource", "name", "uid") if not user.get(key)]


# What was allocated.


def _allocation(allocation: Object, known: dict[str, set[str]]) -> FieldErrors:
    """validateAllocationResult, validateDeviceAllocationResult"""
    from ..core.podspec.scheduling import node_selector

    devices, at = allocation.get("devices") or {}, "status.allocation.devices"
    errors = each(f"{at}.results", devices.get("results") or (), _MOST_RESULTS,
                  lambda path, result: _result(path, result, known))
    errors += each(f"{at}.config", devices.get("config") or (), _MOST_CONFIGURATIONS,
                   lambda path, config: _config(path, config, known))
    if allocation.get("nodeSelector") is not None:
        errors += node_selector("status.allocation.nodeSelector", allocation["nodeSelector"])
    return errors


def _result(path: str, result: Object, known: dict[str, set[str]]) -> FieldErrors:
    """validateDeviceRequestAllocationResult"""
    return (reference(f"{path}.request", result.get("request", ""), known) + _named(path, result)
            + binding(path, result) + _share(path, result))


def _named(path: str, device: Object) -> FieldErrors:
    return (driver_name(f"{path}.driver", device.get("driver", "")) + pool_name(f"{path}.pool", device.get("pool", ""))
            + dns1123_label(f"{path}.device", device.get("device", "")))


def _share(path: str, device: Object) -> FieldErrors:
    """validateUID, after google/uuid's Validate."""
    uid, at = device.get("shareID"), f"{path}.shareID"
    if uid is None:
        return []
    text, why = uid, ""
    if len(uid) == 45:
        text, why = uid[9:], "" if uid[:9].lower() == "urn:uuid:" else f'invalid urn prefix: "{uid[:9]}"'
    elif len(uid) == 38:
        text, why = uid[1:-1], "" if uid[0] + uid[-1] == "{}" else "invalid bracketed UUID format"
    elif len(uid) not in (32, 36):
        why = f"invalid UUID length: {len(uid)}"
    digits = text.replace("-", "") if [i for i, char in enumerate(text) if char == "-"] == [8, 13, 18, 23] else text
    if not why and (len(digits) != 32 or set(digits) - set("0123456789abcdefABCDEF")):
        why = "invalid UUID format"
    if why:
        return [field.invalid(at, uid, f"error validating uid: {why}")]
    return [field.invalid(at, uid, _UID)] if len(uid) != 36 or uid != uid.lower() else []


def _config(path: str, config: Object, known: dict[str, set[str]]) -> FieldErrors:
    """validateDeviceAllocationConfiguration, validateAllocationConfigSource"""
    source, at = config.get("source", ""), f"{path}.source"
    errors = [] if source in _SOURCES else [
        field.not_supported(at, source, _SOURCES) if source else field.required(at)]
    return errors + each(f"{path}.requests", config.get("requests") or (), _MOST_REQUESTS,
                         lambda place, name: reference(place, name, known), str) + configuration(path, config)


# What drivers tell.


def _device(path: str, device: Object, allocated: set[Shared]) -> FieldErrors:
    """validateDeviceStatus"""
    errors = _named(path, device) + _share(path, device)
    if _shared(device) not in allocated:
        errors.append(field.invalid(path, _told(device), "must be an allocated device in the claim"))
    found = device.get("conditions") or []
    if len(found) > _MOST_CONDITIONS:
        errors.append(field.too_many(f"{path}.conditions", len(found), _MOST_CONDITIONS))
    return errors + conditions(f"{path}.conditions", found) + _data(f"{path}.data", device) + _network(
        f"{path}.networkData", device.get("networkData") or {})


def _data(path: str, device: Object) -> FieldErrors:
    """validateRawExtension, of one that may be missing."""
    from json import dumps

    data = device.get("data")
    if data is None:
        return []
    if len(dumps(data, separators=(",", ":"), ensure_ascii=False).encode()) > _LONGEST_DATA:
        return [field.too_long(path, _LONGEST_DATA)]
    return [] if isinstance(data, dict) else [field.invalid(path, "<value omitted>", "must be a valid JSON object")]


def _network(path: str, network: Object) -> FieldErrors:
    """validateNetworkDeviceData"""
    errors = [field.too_long(f"{path}.{key}", most) for key, most in (
        ("interfaceName", _LONGEST_INTERFACE), ("hardwareAddress", _LONGEST_HARDWARE))
        if len(network.get(key, "").encode()) > most]
    return errors + each(f"{path}.ips", network.get("ips") or (), _MOST_ADDRESSES,
                         lambda at, address: said(at, address, names.interface_address(address)), str)
