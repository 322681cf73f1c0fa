"""The tools of a RabbitMQ node: rabbitmqctl, rabbitmq-diagnostics, rabbitmq-plugins, and rabbitmqadmin.

They read the node's state and put back what they have changed; rabbitmqadmin is a client with a name and a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import rabbitchanges, rabbitmqadmin, rabbitstate, wire
from .dialogue import Failed, Options, reach
from .rabbitmq import ERLANG, node
from .rabbitstate import Refused
from .rabbittables import Usage, arguments, of_queue, table

if TYPE_CHECKING:
    from ..kernel.process import Process

Object = dict[str, Any]
_VALUED = frozenset(
    ("node", "timeout", "vhost", "formatter", "priority", "apply-to", "host", "port", "username", "password")
)
_LETTERS = {"n": "node", "t": "timeout", "p": "vhost", "q": "quiet", "s": "silent", "l": "longnames"}
_ADMIN = {"H": "host", "P": "port", "u": "username", "p": "password", "V": "vhost", "q": "quiet"}
PATIENCE = 300.0  # seconds that await_startup waits
_CODES = {"missing": 65, "taken": 70, "access": 77, "closed": 69}
_PLUGINS = (
    "rabbitmq_management",
    "rabbitmq_management_agent",
    "rabbitmq_peer_discovery_k8s",
    "rabbitmq_prometheus",
    "rabbitmq_shovel",
    "rabbitmq_federation",
    "rabbitmq_mqtt",
    "rabbitmq_stomp",
    "rabbitmq_stream",
    "rabbitmq_web_dispatch",
)


def run(process: Process) -> int | None:
    """Play one of them."""
    memory = process.memory
    name = process.argv[0].rpartition("/")[2].removesuffix(".bat")
    admin = name == "rabbitmqadmin"
    if memory is None:
        options = Options(process.argv[1:], _VALUED, _ADMIN if admin else _LETTERS)
        if not options.words:
            process.write(
                f"\nUsage\n\n{name} [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] <command> "
                "[<command options>]\n",
                2,
            )
            return 64
        hello: Object = {"ctl": True}
        if admin:
            hello = {
                "user": options.get("username", "guest"),
                "password": options.get("password", "guest"),
                "vhost": options.get("vhost", "/"),
                "management": True,
            }
        memory = process.memory = {
            "name": name,
            "words": options.words,
            "options": options.values,
            "said": None,
            "host": options.get("host", "127.0.0.1"),
            "hello": hello,
            "asked": False,
            "until": process.kernel.now + PATIENCE,
        }
    words = memory["words"]
    if name == "rabbitmqctl" and words[0] == "version":
        process.write(f"{process.env.get('RABBITMQ_VERSION') or '4.1.3'}\n")
        return 0
    try:
        if memory["said"] is None:
            memory["said"] = reach(process, memory, memory["host"], 5672, memory["hello"])
            if memory["said"] is None:
                return None
            if "refused" in memory["said"]:
                raise Refused(*memory["said"]["refused"])
            wire.send(process, {"do": "state", "vhost": memory["options"].get("vhost", "/")})
        if not memory["asked"]:
            found = wire.receive(process, memory)
            if found is None:
                return None
            memory["asked"] = True
            out, request = (rabbitmqadmin.administrate if admin else _command)(process, found)
            process.write(out)
            if request is None:
                return 0
            wire.send(process, request)
        said = wire.receive(process, memory)
        if said is None:
            return None
        if "refused" in said:
            raise Refused(*said["refused"])
        if admin:
            process.write(rabbitmqadmin.after(process, said))
    except (Failed, wire.Lost):
        if words[0] in ("await_startup", "wait") and process.kernel.now < memory["until"]:
            memory.update(connected=False, dialing={}, said=None)
            process.wait(until=process.kernel.now + 1)
            return None
        return _away(process, admin)
    except Refused as refused:
        if admin:
            process.write(
                f"*** {refused.message}\n"
                if refused.kind != "closed" or refused.message != "refused"
                else "*** Could not connect: [Errno 111] Connection refused\n"
            )
            return 1
        process.write(f"Error:\n{refused.message}\n", 2)
        return 67 if refused.message.startswith("User") and refused.kind == "missing" else _CODES[refused.kind]
    except Usage as usage:
        process.write(f"{usage}\n", 2)
        return 64
    return 0


def _away(process: Process, admin: bool) -> int:
    if admin:
        process.write("*** Could not connect: [Errno 111] Connection refused\n")
        return 1
    name = node(process)
    process.write(
        f"Error: unable to perform an operation on node '{name}'. Please see diagnostics information and "
        "suggestions below.\n\n"
        "Most common reasons for this are:\n\n * Target node is unreachable (e.g. due to hostname resolution, "
        "TCP connection or "
        "firewall issues)\n * CLI tool fails to authenticate with the server (e.g. due to CLI tool's Erlang cookie not "
        "matching that of the server)\n * Target node is not running\n\n",
        2,
    )
    return 69


def _command(process: Process, found: Object) -> tuple[str, Object | None]:
    """Return what a command prints, and what the node is asked to do."""
    memory = process.memory
    words, options, state = memory["words"], memory["options"], found["state"]
    name, vhost = words[0], options.get("vhost", "/")
    quiet = "quiet" in options or "silent" in options
    if memory["name"] == "rabbitmq-plugins" or (name in ("enable", "list") and memory["name"] != "rabbitmqctl"):
        return _plugins(process, memory["said"])
    if name.startswith("list_"):
        told, heads, rows = _listed(name, words, vhost, found)
        return ("" if quiet else f"{told} ...\n") + table(options, heads, rows), None
    change = rabbitchanges.CHANGES.get(name)
    if change is not None:
        told = change(state, vhost, arguments(words, rabbitchanges.LEAST.get(name, 1)))
        return ("" if quiet else told + "\n"), {"do": "put", "state": state}
    return _about(process, name, words, quiet, found)


def _listed(name: str, words: list[str], vhost: str, found: Object) -> tuple[str, list[str], list[list[str]]]:
    state = found["state"]
    if name == "list_queues":
        columns = words[1:] or ["name", "messages"]
        rows = [
            [of_queue(each, queue, column, found) for column in columns]
            for each, queue in rabbitstate.vhost_of(state, vhost)["queues"].items()
        ]
        return f"Timeout: 60.0 seconds ...\nListing queues for vhost {vhost}", columns, rows
    if name == "list_users":
        return (
            "Listing users",
            ["user", "tags"],
            [[user, f"[{', '.join(each['tags'])}]"] for user, each in state["users"].items()],
        )
    if name == "list_vhosts":
        return "Listing vhosts", ["name"], [[each] for each in state["vhosts"]]
    if name == "list_permissions":
        rabbitstate.vhost_of(state, vhost)
        return (
            f'Listing permissions for vhost "{vhost}"',
            ["user", "configure", "write", "read"],
            [[user, *hosts[vhost]] for user, hosts in state["permissions"].items() if vhost in hosts],
        )
    if name == "list_user_permissions":
        user = arguments(words, 1)[0]
        rabbitchanges.user(state, user)
        return (
            f'Listing permissions for user "{user}"',
            ["vhost", "configure", "write", "read"],
            [[host, *rights] for host, rights in state["permissions"].get(user, {}).items()],
        )
    if name == "list_exchanges":
        return (
            f"Listing exchanges for vhost {vhost}",
            ["name", "type"],
            [[each, exchange["type"]] for each, exchange in rabbitstate.vhost_of(state, vhost)["exchanges"].items()],
        )
    if name == "list_bindings":
        return (
            f"Listing bindings for vhost {vhost}",
            ["source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments"],
            [
                [each["exchange"], "exchange", each["queue"], "queue", each["key"], "[]"]
                for each in rabbitstate.bindings(state, vhost)
            ],
        )
    if name == "list_policies":
        return (
            f'Listing policies for vhost "{vhost}"',
            ["vhost", "name", "pattern", "apply-to", "definition", "priority"],
            [
                [vhost, each, policy["pattern"], policy["apply-to"], policy["definition"], policy["priority"]]
                for each, policy in rabbitstate.vhost_of(state, vhost)["policies"].items()
            ],
        )
    if name == "list_connections":
        return "Listing connections", ["user", "state"], [[each["user"], "running"] for each in found["connections"]]
    if name == "list_consumers":
        return (
            f"Listing consumers in vhost {vhost}",
            ["queue_name", "ack_required", "prefetch_count", "active"],
            [[queue, "true", "0", "true"] for host, queue in found["consumers"] if host == vhost],
        )
    if name in ("list_channels", "list_feature_flags", "list_parameters", "list_hashes", "list_operator_policies"):
        return f"Listing {name[5:].replace('_', ' ')}", ["name"], []
    raise Usage(f"\nCommand '{name}' not found. \n")


def _about(process: Process, name: str, words: list[str], quiet: bool, found: Object) -> tuple[str, Object | None]:
    """Return what commands say that only tell of the node."""
    said = process.memory["said"]
    own, version = said["node"], said["version"]
    told = {
        "ping": f"Will ping {own}. This only checks if the OS process is running and registered with epmd. Timeout: "
        "60000 ms.\n",
        "check_running": f"Checking if RabbitMQ is running on node {own} ...\n",
        "check_local_alarms": f"Asking node {own} to report any local resource alarms ...\n",
        "check_port_connectivity": f"Testing TCP connections to all active listeners on node {own} using hostname "
        "resolution ...\n",
        "cluster_status": f"Cluster status of node {own} ...\n",
        "status": f"Status of node {own} ...\n",
    }.get(name, "")
    answers = {
        "ping": "Ping succeeded\n",
        "check_running": f"RabbitMQ on node {own} is fully booted and running\n",
        "check_local_alarms": f"Node {own} reported no local alarms\n",
        "check_port_connectivity": f"Successfully connected to ports 5672, 25672 on node {own} (using node hostname "
        "resolution)\n",
        "await_startup": "",
        "await_online_nodes": "",
        "wait": "",
        "node_health_check": "Health check passed\n",
        "server_version": f"{version}\n",
        "cluster_status": _cluster(own, version, found["state"]),
        "status": _status(process, said, found),
        "stop": f"Stopping and halting node {own} ...\n",
        "shutdown": f"Shutting down RabbitMQ node {own} ...\n",
    }
    if name not in answers:
        raise Usage(f"\nCommand '{name}' not found. \n")
    return ("" if quiet else told) + answers[name], {"do": "stop"} if name in ("stop", "shutdown") else None


def _cluster(own: str, version: str, state: Object) -> str:
    return (
        f"Basics\n\nCluster name: {state['name'] or own}\nTotal CPU cores available cluster-wide: 2\n\nDisk "
        f"Nodes\n\n{own}\n\n"
        f"Running Nodes\n\n{own}\n\nVersions\n\n{own}: RabbitMQ {version} on Erlang {ERLANG}\n\nCPU "
        f"Cores\n\nNode: {own}, "
        f"available CPU cores: 2\n\nMaintenance status\n\nNode: {own}, status: not under "
        "maintenance\n\nAlarms\n\n(none)\n\n"
        f"Network Partitions\n\n(none)\n\nListeners\n\nNode: {own}, interface: [::], port: 25672, protocol: "
        "clustering, "
        f"purpose: inter-node and CLI tool communication\nNode: {own}, interface: [::], port: 5672, protocol: "
        "amqp, purpose: "
        "AMQP 0-9-1 and AMQP 1.0\n\n"
    )


def _status(process: Process, said: Object, found: Object) -> str:
    queues = sum(len(host["queues"]) for host in found["state"]["vhosts"].values())
    return (
        f"Runtime\n\nOS PID: {said['pid']}\nOS: Linux\nUptime (seconds): "
        f"{int(process.kernel.now - said['since'])}\nIs under "
        f"maintenance?: false\nRabbitMQ version: {said['version']}\nNode name: {said['node']}\nErlang configuration: "
        f"Erlang/OTP {ERLANG.split('.')[0]} [erts-15.2.7.1] [source] [64-bit] [smp:2:2] [ds:2:2:10] "
        "[async-threads:1] [jit]\n"
        "Erlang processes: 412 used, 1048576 limit\n\nPlugins\n\nEnabled plugin file: "
        "/etc/rabbitmq/enabled_plugins\nEnabled "
        f"plugins:\n\n{''.join(f' * {each}{chr(10)}' for each in said['plugins'])}\nTotals\n\nConnection count: "
        f"{len(found['connections'])}\nQueue count: {queues}\nVirtual host count: {len(found['state']['vhosts'])}\n\n"
        "Listeners\n\nInterface: [::], port: 25672, protocol: clustering, purpose: inter-node and CLI tool "
        "communication\n"
        "Interface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1 and AMQP 1.0\n"
    )


def _plugins(process: Process, said: Object) -> tuple[str, Object | None]:
    words, on = process.memory["words"], said["plugins"]
    if words[0] == "list":
        shown = "".join(
            f"[{'E' if each in on else ' '}{'*' if each in on else ' '}] {each:<30}{said['version']}\n"
            for each in _PLUGINS
        )
        return (
            'Listing plugins with pattern ".*" ...\n Configured: E = explicitly enabled; e = implicitly '
            "enabled\n | Status: "
            f"* = running on {said['node']}\n |/\n{shown}",
            None,
        )
    if words[0] not in ("enable", "disable"):
        raise Usage(f"\nCommand '{words[0]}' not found. \n")
    unknown = [each for each in words[1:] if each not in _PLUGINS]
    if unknown:
        raise Refused("missing", f"{{:plugins_not_found, [{', '.join(':' + each for each in unknown)}]}}")
    if words[0] == "enable":
        new = [*on, *(each for each in words[1:] if each not in on)]
        return (
            f"Enabling plugins on node {said['node']}:\n"
            + "".join(f"{each}\n" for each in words[1:])
            + f"\nstarted {len(words) - 1} plugins.\n",
            {"do": "plugins", "plugins": new},
        )
    return (
        f"Disabling plugins on node {said['node']}:\n" + "".join(f"{each}\n" for each in words[1:]),
        {"do": "plugins", "plugins": [each for each in on if each not in words[1:]]},
    )


PROGRAMS = dict.fromkeys(("rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-plugins", "rabbitmqadmin"), run)
