"""Which functions there are, and what they take and give.

A signature is `arguments>result`; a leading `.` marks a method, whose first argument is the receiver. A, B and C stand
for any type. Sources: cel-go/common/stdlib, cel-go/ext, k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPARABLE = ("bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration")
_NUMBERS = ("int", "uint", "double")
_SORTABLE = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_COMPARISONS = " ".join([*(f"{name},{name}>bool" for name in _COMPARABLE),
                         *(f"{a},{b}>bool" for a in _NUMBERS for b in _NUMBERS if a != b)])


def _each(template: str, names: Iterable[str]) -> str:
    return " ".join(template.replace("T", name) for name in names)


_TIME_PARTS = ".timestamp>int .timestamp,string>int"
_DURATION_PARTS = f"{_TIME_PARTS} .duration>int"

BASE = {
    "_?_:_": "bool,A,A>A", "_&&_": "bool,bool>bool", "_||_": "bool,bool>bool", "!_": "bool>bool",
    "_==_": "A,A>bool", "_!=_": "A,A>bool",
    "_<_": _COMPARISONS, "_<=_": _COMPARISONS, "_>_": _COMPARISONS, "_>=_": _COMPARISONS,
    "_+_": "bytes,bytes>bytes double,double>double duration,duration>duration duration,timestamp>timestamp "
           "timestamp,duration>timestamp int,int>int list(A),list(A)>list(A) string,string>string uint,uint>uint",
    "_-_": "double,double>double duration,duration>duration int,int>int timestamp,duration>timestamp "
           "timestamp,timestamp>duration uint,uint>uint",
    "_*_": _each("T,T>T", _NUMBERS), "_/_": _each("T,T>T", _NUMBERS), "_%_": "int,int>int uint,uint>uint",
    "-_": "double>double int>int",
    "_[_]": "list(A),int>A map(A,B),A>B optional_type(list(A)),int>optional_type(A) "
            "optional_type(map(A,B)),A>optional_type(B)",
    "_[?_]": "list(A),int>optional_type(A) optional_type(list(A)),int>optional_type(A) map(A,B),A>optional_type(B) "
             "optional_type(map(A,B)),A>optional_type(B)",
    "@in": "A,list(A)>bool A,map(A,B)>bool",
    "size": _each("T>int .T>int", ("bytes", "list(A)", "map(A,B)", "string")),
    "type": "A>type(A)", "dyn": "A>dyn", "bool": "bool>bool string>bool", "bytes": "bytes>bytes string>bytes",
    "double": "double>double int>double string>double uint>double",
    "duration": "duration>duration int>duration string>duration",
    "int": "int>int double>int duration>int string>int timestamp>int uint>int",
    "string": "string>string bool>string bytes>string double>string duration>string int>string timestamp>string "
              "uint>string URL>string IP>string CIDR>string",
    "timestamp": "timestamp>timestamp int>timestamp string>timestamp",
    "uint": "uint>uint double>uint int>uint string>uint",
    "contains": ".string,string>bool", "startsWith": ".string,string>bool", "endsWith": ".string,string>bool",
    "matches": "string,string>bool .string,string>bool",
    "getFullYear": _TIME_PARTS, "getMonth": _TIME_PARTS, "getDayOfYear": _TIME_PARTS, "getDayOfMonth": _TIME_PARTS,
    "getDate": _TIME_PARTS, "getDayOfWeek": _TIME_PARTS, "getHours": _DURATION_PARTS, "getMinutes": _DURATION_PARTS,
    "getSeconds": _DURATION_PARTS, "getMilliseconds": _DURATION_PARTS,
    # ext.Strings
    "charAt": ".string,int>string", "lowerAscii": ".string>string", "upperAscii": ".string>string",
    "trim": ".string>string", "join": ".list(string)>string .list(string),string>string",
    "replace": ".string,string,string>string .string,string,string,int>string",
    "split": ".string,string>list(string) .string,string,int>list(string)",
    "substring": ".string,int>string .string,int,int>string",
    "indexOf": ".string,string>int .string,string,int>int .list(A),A>int",
    "lastIndexOf": ".string,string>int .string,string,int>int .list(A),A>int",
    # kubernetes.lists, .regex, .urls
    "isSorted": _each(".list(T)>bool", _SORTABLE), "min": _each(".list(T)>T", _SORTABLE),
    "max": _each(".list(T)>T", _SORTABLE), "sum": _each(".list(T)>T", (*_NUMBERS, "duration")),
    "find": ".string,string>string", "findAll": ".string,string>list(string) .string,string,int>list(string)",
    "url": "string>URL", "isURL": "string>bool", "getScheme": ".URL>string", "getHost": ".URL>string",
    "getHostname": ".URL>string", "getPort": ".URL>string", "getEscapedPath": ".URL>string",
    "getQuery": ".URL>map(string,list(string))",
    # cel.OptionalTypes, kubernetes.quantity
    "jsonpatch.escapeKey": "string>string",  # known where there is no JSONPatch as well, which does no harm
    "optional.of": "A>optional_type(A)", "optional.ofNonZeroValue": "A>optional_type(A)",
    "optional.none": ">optional_type(A)", "hasValue": ".optional_type(A)>bool", "value": ".optional_type(A)>A",
    "or": ".optional_type(A),optional_type(A)>optional_type(A)", "orValue": ".optional_type(A),A>A",
    "quantity": "string>Quantity", "isQuantity": "string>bool", "sign": ".Quantity>int",
    "isGreaterThan": ".Quantity,Quantity>bool .Semver,Semver>bool",
    "isLessThan": ".Quantity,Quantity>bool .Semver,Semver>bool",
    "compareTo": ".Quantity,Quantity>int .Semver,Semver>int", "asApproximateFloat": ".Quantity>double",
    "asInteger": ".Quantity>int", "isInteger": ".Quantity>bool",
    "add": ".Quantity,Quantity>Quantity .Quantity,int>Quantity",
    "sub": ".Quantity,Quantity>Quantity .Quantity,int>Quantity",
}

# What came later: release -> functions.
_FORMATS = ("dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix",
            "dns1123SubdomainPrefix", "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime")
LATER = {
    (1, 29): {
        "sets.contains": "list(A),list(A)>bool", "sets.equivalent": "list(A),list(A)>bool",
        "sets.intersects": "list(A),list(A)>bool", "format": ".string,list(dyn)>string",
        "strings.quote": "string>string",
    },
    (1, 30): {
        "ip": "string>IP .CIDR>IP", "isIP": "string>bool", "ip.isCanonical": "string>bool", "family": ".IP>int",
        "isUnspecified": ".IP>bool", "isLoopback": ".IP>bool", "isLinkLocalMulticast": ".IP>bool",
        "isLinkLocalUnicast": ".IP>bool", "isGlobalUnicast": ".IP>bool", "cidr": "string>CIDR", "isCIDR": "string>bool",
        "containsIP": ".CIDR,string>bool .CIDR,IP>bool", "containsCIDR": ".CIDR,string>bool .CIDR,CIDR>bool",
        "prefixLength": ".CIDR>int", "masked": ".CIDR>CIDR",
    },
    (1, 31): {
        "format.named": "string>optional_type(Format)", "validate": ".Format,string>optional_type(list(string))",
        **{f"format.{name}": ">Format" for name in _FORMATS},
    },
    (1, 33): {
        "semver": "string>Semver string,bool>Semver", "isSemver": "string>bool string,bool>bool",
        "major": ".Semver>int", "minor": ".Semver>int", "patch": ".Semver>int",
    },
    (1, 34): {
        "slice": ".list(A),int,int>list(A)", "flatten": ".list(list(A))>list(A)", "distinct": ".list(A)>list(A)",
        "lists.range": "int>list(int)", "reverse": ".list(A)>list(A)", "sort": _each(".list(T)>list(T)", _SORTABLE),
        "@sortByAssociatedKeys": _each(".list(A),list(T)>list(A)", _SORTABLE),
    },
}
