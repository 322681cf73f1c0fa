"""RabbitMQ: rabbitmqctl and rabbitmqadmin, the clients of amqp-tools, and what outlives the node."""

from __future__ import annotations

import json

import pytest

from .halls import Hall

URL = "amqp://guest:guest@rabbit:5672"


@pytest.fixture
def hall():
    found = Hall()
    found.start(
        "rabbit", "rabbitmq:3-management", "docker-entrypoint.sh", "rabbitmq-server", volume="/var/lib/rabbitmq"
    )
    found.start("box", "ubuntu:22.04", "sleep", "infinity", address="10.0.0.2")
    found.run("box", "bash", "-c", "apt-get update; apt-get install -y amqp-tools", seconds=10)
    return found


def ctl(hall, line):
    return hall.run("rabbit", "rabbitmqctl", *line.split())


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("list_queues", "Timeout: 60.0 seconds ...\nListing queues for vhost / ...\n"),
        ("list_users", "Listing users ...\nuser\ttags\nguest\t[administrator]\n"),
        ("-q list_vhosts", "name\n/\n"),
        ("list_vhosts --silent", "/\n"),
        ("list_vhosts --formatter json -q", '[{"name":"/"}\n]\n'),
        (
            "list_users --formatter pretty_table -q",
            "┌───────┬─────────────────┐\n│ user  │ tags            │\n├───────┼─────────────────┤\n"
            "│ guest │ [administrator] │\n└───────┴─────────────────┘\n",
        ),
        ("list_permissions -q", "user\tconfigure\twrite\tread\nguest\t.*\t.*\t.*\n"),
        ("list_user_permissions guest -q", "vhost\tconfigure\twrite\tread\n/\t.*\t.*\t.*\n"),
        (
            "ping",
            "Will ping rabbit@rabbit. This only checks if the OS process is running and registered with epmd. Timeout: "
            "60000 ms.\nPing succeeded\n",
        ),
        (
            "add_user ann ink",
            'Adding user "ann" ...\nDone. Don\'t forget to grant the user permissions to some virtual hosts! '
            "See 'rabbitmqctl help set_permissions' to learn more.\n",
        ),
        ("add_vhost v", 'Adding vhost "v" ...\n'),
        ("delete_vhost /", 'Deleting vhost "/" ...\n'),
        ("change_password guest x", 'Changing password for user "guest" ...\n'),
        ("set_user_tags guest monitoring", 'Setting tags for user "guest" to [monitoring] ...\n'),
        ("clear_permissions guest", 'Clearing permissions for user "guest" in vhost "/" ...\n'),
        ("set_cluster_name c", "Setting cluster name to c ...\n"),
        ("authenticate_user guest guest", 'Authenticating user "guest" ...\nSuccess\n'),
        ("version", "3.13.7\n"),
        ("await_startup", ""),
        ("list_connections -q", ""),
        ("list_policies -q", ""),
    ],
)
def test_rabbitmqctl(hall, line, wanted):
    assert ctl(hall, line) == (wanted, "", 0)


@pytest.mark.parametrize(
    ("line", "message", "code"),
    [
        ("add_user guest x", 'Error:\nUser "guest" already exists\n', 70),
        ("delete_user none", 'Error:\nUser "none" does not exist\n', 67),
        ("set_permissions -p none guest a b c", "Error:\nVirtual host 'none' does not exist\n", 65),
        ("list_queues -p none", "Error:\nVirtual host 'none' does not exist\n", 65),
        ("delete_queue none", "Error:\nQueue not found\n", 65),
        ("frob", "\nCommand 'frob' not found. \n\n", 64),
        ("list_frobs", "\nCommand 'list_frobs' not found. \n\n", 64),
        ("list_queues frob", "Error (argument validation): Info key `frob` not supported\n\n", 64),
        (
            "authenticate_user guest no",
            "Error:\nfailed to authenticate user \"guest\"\nuser 'guest' - invalid credentials\n",
            77,
        ),
    ],
)
def test_what_rabbitmqctl_refuses(hall, line, message, code):
    if line == "list_queues frob":
        hall.run("box", "amqp-declare-queue", "--url", URL, "-q", "q")
    assert ctl(hall, line) == ("", message, code)


def test_what_is_told_of_a_node(hall):
    status = ctl(hall, "status")[0]
    assert (
        status.startswith("Status of node rabbit@rabbit ...\nRuntime\n\nOS PID: 1\n")
        and " * rabbitmq_management\n" in status
    )
    assert "Running Nodes\n\nrabbit@rabbit\n" in ctl(hall, "cluster_status")[0]
    assert hall.run("rabbit", "rabbitmq-diagnostics", "-q", "check_port_connectivity")[2] == 0
    assert "[E*] rabbitmq_management " in hall.run("rabbit", "rabbitmq-plugins", "list")[0]
    assert "started 1 plugins" in hall.run("rabbit", "rabbitmq-plugins", "enable", "rabbitmq_shovel")[0]
    assert hall.run("rabbit", "rabbitmq-plugins", "enable", "frob")[2] == 65
    assert "[E*] rabbitmq_shovel " in hall.run("rabbit", "rabbitmq-plugins", "list")[0]
    assert hall.run("rabbit", "rabbitmq-plugins", "disable", "rabbitmq_shovel")[2] == 0


def test_messages_by_command_line(hall):
    """The steps of Kubernetes' page on work queues."""
    script = (
        f"export BROKER_URL={URL}; /usr/bin/amqp-declare-queue --url=$BROKER_URL -q foo -d; "
        "/usr/bin/amqp-publish --url=$BROKER_URL -r foo -p -b Hello; "
        "/usr/bin/amqp-consume --url=$BROKER_URL -q foo -c 1 cat && echo 1>&2"
    )
    assert hall.run("box", "bash", "-c", script) == ("foo\nHello", "\n", 0)
    for each in ("apple", "banana"):
        hall.run("box", "amqp-publish", "--url", URL, "-r", "foo", "-p", "-b", each)
    assert ctl(hall, "list_queues -q")[0] == "name\tmessages\nfoo\t2\n"
    assert hall.run("box", "amqp-get", "--url", URL, "-q", "foo") == ("apple", "", 0)
    assert hall.run(
        "box", "sh", "-c", f"echo piped | amqp-publish --url {URL} -r foo; amqp-delete-queue -u {URL} -q foo"
    )[0] == ("2\n")
    assert hall.run("box", "amqp-get", "--url", URL, "-q", "foo") == (
        "",
        "server channel error 404, message: NOT_FOUND - no queue 'foo' in vhost '/'\n",
        1,
    )
    assert "ACCESS_REFUSED" in hall.run("box", "amqp-get", "-u", "amqp://guest:no@rabbit", "-q", "foo")[1]
    assert "'none' does not exist" in hall.run("box", "amqp-get", "-u", "amqp://rabbit/none", "-q", "foo")[1]
    assert hall.run("box", "amqp-get", "-u", "amqp://nowhere", "-q", "foo")[2] == 1


def test_a_message_comes_back_from_one_who_is_gone(hall):
    hall.run("box", "amqp-declare-queue", "--url", URL, "-q", "q")
    hall.run("box", "amqp-publish", "--url", URL, "-r", "q", "-b", "job")
    session = hall.engine.execute("box", ["amqp-consume", "--url", URL, "-q", "q", "sleep", "100"])
    hall.wait()
    assert (
        ctl(hall, "list_queues -q name messages_ready messages_unacknowledged consumers")[0].splitlines()[1]
        == "q\t0\t1\t1"
    )
    hall.store()
    hall.run("box", "pkill", "amqp-consume")
    hall.wait()
    assert ctl(hall, "list_queues -q")[0] == "name\tmessages\nq\t1\n"
    assert session is not None


def test_rabbitmqadmin(hall):
    def admin(*words):
        return hall.run("rabbit", "rabbitmqadmin", *words)[0]

    assert admin("declare", "queue", "name=q", "durable=true") == "queue declared\n"
    assert admin("declare", "exchange", "name=x", "type=topic") == "exchange declared\n"
    assert admin("declare", "binding", "source=x", "destination=q", "routing_key=a.#") == "binding declared\n"
    assert admin("publish", "exchange=x", "routing_key=a.b.c", "payload=hi") == "Message published\n"
    assert admin("publish", "exchange=x", "routing_key=b", "payload=hi") == "Message published but NOT routed\n"
    assert (
        admin("list", "queues")
        == "+------+----------+\n| name | messages |\n+------+----------+\n| q    | 1        |\n"
        "+------+----------+\n"
    )
    assert "| a.b.c       | x        | 0             | hi      | 2 " in admin(
        "get", "queue=q", "ackmode=ack_requeue_false"
    )
    assert admin("get", "queue=q") == "No items\n"
    assert "| x      | q           | a.#         |\n" in admin("list", "bindings")
    assert admin("declare", "user", "name=u", "password=p", "tags=") == "user declared\n"
    assert admin("declare", "vhost", "name=v") == "vhost declared\n"
    assert "| u     |" in admin("list", "users") and "| v    |" in admin("list", "vhosts")
    assert "| x                  | topic   |" in admin("list", "exchanges")
    assert (
        admin("purge", "queue", "name=q") == "queue purged\n"
        and admin("delete", "queue", "name=q") == "queue deleted\n"
    )
    assert admin("-u", "guest", "-p", "no", "list", "queues").startswith("*** ACCESS_REFUSED")
    assert hall.run("rabbit", "rabbitmqadmin", "frob")[2] == 64


def test_what_is_durable_outlives_the_node(hall):
    hall.run("box", "amqp-declare-queue", "--url", URL, "-q", "kept", "-d")
    hall.run("box", "amqp-declare-queue", "--url", URL, "-q", "lost")
    for how in (("-p",), ()):
        hall.run("box", "amqp-publish", "--url", URL, "-r", "kept", "-b", "x", *how)
    hall.engine.kill("rabbit", "TERM")
    hall.wait()
    assert "SIGTERM received - shutting down" in hall.said("rabbit")
    hall.engine.remove("rabbit")
    hall.start("rabbit", "rabbitmq:3", "rabbitmq-server", volume="/var/lib/rabbitmq", seconds=2)
    assert ctl(hall, "ping")[2] == 69
    assert hall.run("rabbit", "rabbitmqctl", "await_startup", seconds=6) == ("", "", 0)
    assert ctl(hall, "list_queues -q")[0] == "name\tmessages\nkept\t1\n"
    assert hall.run("rabbit", "rabbitmqadmin", "list", "queues")[0] == (
        "*** Could not connect: [Errno 111] Connection refused\n"
    )
    assert ctl(hall, "stop")[0].startswith("Stopping and halting node rabbit@rabbit")
    assert hall.engine.containers["rabbit"].space.ended is not None


def test_a_user_of_ones_own(hall):
    hall.start(
        "other",
        "rabbitmq:4",
        "rabbitmq-server",
        address="10.0.0.3",
        volume="/var/lib/rabbitmq",
        env={"RABBITMQ_DEFAULT_USER": "ann", "RABBITMQ_DEFAULT_PASS": "ink", "RABBITMQ_DEFAULT_VHOST": "shop"},
    )
    assert (
        hall.run("other", "rabbitmqctl", "-q", "list_permissions", "-p", "shop", "--formatter", "json")[0]
        == json.dumps([{"user": "ann", "configure": ".*", "write": ".*", "read": ".*"}], separators=(",", ":"))[:-1]
        + "\n]\n"
    )
    assert hall.run("box", "amqp-declare-queue", "-u", "amqp://ann:ink@other/shop", "-q", "q")[0] == "q\n"
