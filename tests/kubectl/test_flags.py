"""Flags are parsed, and refused, as pflag and cobra do it."""

import pytest

from kubesim_cli.kubectl.cli.commands import find, flags_of, suggestions
from kubesim_cli.kubectl.cli.flags import FlagError, parse_bool, parse_int


def parse(line: str):
    command, rest = find(line.split(" "))
    flags = flags_of(command)
    return flags, flags.parse(rest)


@pytest.mark.parametrize(("line", "args", "expected"), [
    ("get pods -nfoo", ["pods"], {"namespace": "foo"}),
    ("get -n=foo pods", ["pods"], {"namespace": "foo"}),
    ("get pods -n foo", ["pods"], {"namespace": "foo"}),
    ("-n foo get pods -Aw", ["pods"], {"namespace": "foo", "all-namespaces": True, "watch": True}),
    ("get pods --watch=false --chunk-size 0x10", ["pods"], {"watch": False, "chunk-size": 16}),
    ("get pods --all_namespaces", ["pods"], {"all-namespaces": True}),
    ("scale deploy x --replicas 2", ["deploy", "x"], {"replicas": 2}),
    ("apply -f a,b -f c --dry-run", [], {"filename": ["a", "b", "c"], "dry-run": "unchanged"}),
    ("create configmap x --from-literal a=b,c --from-literal d=e", ["x"], {"from-literal": ["a=b,c", "d=e"]}),
    ("delete pod x --cascade --timeout 1m30s", ["pod", "x"], {"cascade": "background", "timeout": 90.0}),
    ("debug p --env a=1,b=2 --env c=3", ["p"], {"env": {"a": "1", "b": "2", "c": "3"}}),
    ("run p --env a=1,b=2", ["p"], {"env": ["a=1,b=2"]}),
    ("create clusterrole x --aggregation-rule a=b,c=d", ["x"], {"aggregation-rule": {"a": "b", "c": "d"}}),
    ('apply -f "a,b",c', [], {"filename": ["a,b", "c"]}),
    ("exec p -it -- ls -l", ["p", "ls", "-l"], {"stdin": True, "tty": True}),
])
def test_values(line, args, expected):
    flags, rest = parse(line)
    assert rest == args
    assert {name: flags[name] for name in flags.given()} == expected


def test_defaults_and_what_was_given():
    flags, _ = parse("get pods")
    assert (flags["chunk-size"], flags["output"], flags["filename"], flags["server-print"]) == (500, "", [], True)
    assert flags["cache-dir"] == "$HOME/.kube/cache"
    assert not flags.changed("output")
    flags, _ = parse("proxy --reject-paths=")
    assert flags["reject-paths"] == "" and flags.changed("reject-paths")


def test_arguments_after_the_dashes_are_counted():
    assert parse("run p --image=x -- sh -c")[0].dash == 1
    assert parse("run p --image=x")[0].dash == -1


@pytest.mark.parametrize(("line", "problem"), [
    ("get pods --nope", "unknown flag: --nope"),
    ("get pods -wZ", "unknown shorthand flag: 'Z' in -Z"),
    ("get pods -n", "flag needs an argument: 'n' in -n"),
    ("get pods -An", "flag needs an argument: 'n' in -n"),
    ("apply --filename", "flag needs an argument: --filename"),
    ("get ---x", "bad flag syntax: ---x"),
    ("get --=x", "bad flag syntax: --=x"),
    ("scale d --replicas=many",
     'invalid argument "many" for "--replicas" flag: strconv.ParseInt: parsing "many": invalid syntax'),
    ("create deployment d --replicas=4294967296",
     'invalid argument "4294967296" for "-r, --replicas" flag: strconv.ParseInt: parsing "4294967296": '
     "value out of range"),
    ("get -A=maybe",
     'invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": invalid syntax'),
    ("delete --timeout=5", 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'),
    ("debug p --env a", 'invalid argument "a" for "--env" flag: a must be formatted as key=value'),
])
def test_errors(line, problem):
    with pytest.raises(FlagError) as refused:
        parse(line)
    assert str(refused.value) == problem


def test_required_flags():
    assert parse("create cronjob x --image=y")[0].missing() == 'required flag(s) "schedule" not set'
    assert parse("create cronjob x")[0].missing() == 'required flag(s) "image", "schedule" not set'
    assert parse("scale x --replicas=0")[0].missing() == ""


def test_deprecated_flags_say_so():
    assert parse("label --record po a b=c")[0].settle(lambda: (1, 36)) == [
        "Flag --record has been deprecated, --record will be removed in the future"]


@pytest.mark.parametrize(("line", "before", "since"), [
    ("autoscale deploy web --max=5 --cpu=70%", "unknown flag: --cpu", []),
    ("autoscale deploy web --max=5 --cpu-percent=70", [], [
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' "
        "for utilization or '500m' for milliCPU)."]),
    ("explain -R po", "unknown shorthand flag: 'R' in -R", []),
    ("get po --as-user-extra=a=b", "unknown flag: --as-user-extra", []),
    ("drain n --delete-local-data", ["Flag --delete-local-data has been deprecated, This option is deprecated and will "
                                     "be deleted. Use --delete-emptydir-data."], "unknown flag: --delete-local-data"),
    ("run p --image=x --force", ["Flag --force has been deprecated, because it is not used by this command. It will be "
                                 "removed in version 1.29."], []),
])
def test_flags_come_and_go_with_releases(line, before, since):
    for release, expected in (((1, 28), before), ((1, 36), since)):
        flags, _ = parse(line)
        if isinstance(expected, str):
            with pytest.raises(FlagError) as refused:
                flags.settle(lambda release=release: release)
            assert str(refused.value) == expected
        else:
            assert flags.settle(lambda release=release: release) == expected


def test_a_letter_is_deprecated_with_its_flag():
    said = "has been deprecated, it is ignored by kubectl run and will be removed in a future release"
    assert parse("run p --image=x -f y")[0].settle(lambda: (1, 36)) == []
    assert parse("run p --image=x --filename y")[0].settle(lambda: (1, 37)) == [f"Flag --filename {said}"]
    assert parse("run p --image=x -f y")[0].settle(lambda: (1, 37)) == [
        f"Flag shorthand -f {said}", f"Flag --filename {said}"]


def test_most_flags_need_no_release():
    assert parse("get pods -A -o wide")[0].settle(None) == []


@pytest.mark.parametrize(("line", "command", "rest"), [
    ("-n x rollout status d", "rollout status", ["-n", "x", "d"]),
    ("create cm x", "create configmap", ["x"]),
    ("create -f x svc", "create service", ["-f", "x"]),
    ("-w get pods", "", ["-w", "get", "pods"]),  # cobra takes get for the value of a flag it does not know
    ("get -- create", "get", ["--", "create"]),
    ("config use a", "config use-context", ["a"]),
    ("rollout deploy", "rollout", ["deploy"]),
])
def test_finding_a_command(line, command, rest):
    assert find(line.split()) == (command, rest)


@pytest.mark.parametrize(("typed", "expected"), [
    ("gett", ["set", "get"]), ("aply", ["apply"]), ("pods", ["logs"]), ("deploy", []), ("list", ["get"]),
    ("remove", ["delete"]), ("c", ["create", "certificate", "cluster-info", "cordon", "cp", "completion", "config"]),
])
def test_suggestions(typed, expected):
    assert [name for name in suggestions("", typed, (1, 36)) if len(typed) > 1 or name.startswith(typed)] == expected


@pytest.mark.parametrize(("text", "value"), [("010", 8), ("-0x1f", -31), ("1_000", 1000), ("0b11", 3), ("+7", 7)])
def test_integers_of_every_base(text, value):
    assert parse_int(text) == value


@pytest.mark.parametrize("text", ["", " 1", "1 ", "--1", "1.0", "٣", "0x"])
def test_what_is_no_integer(text):
    with pytest.raises(ValueError, match="invalid syntax"):
        parse_int(text)


def test_bools():
    assert parse_bool("T") and not parse_bool("0")
    with pytest.raises(ValueError, match=r'strconv\.ParseBool: parsing "yes": invalid syntax'):
        parse_bool("yes")
