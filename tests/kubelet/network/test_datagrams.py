"""UDP: nc, services, policies, agnhost's netexec."""

import pytest


def server(net, *argv, name="server", ip="10.244.0.20", **more):
    net.pod(name, ip, {"app": name}, argv=argv or ("nc", "-lu", "-p", "5000"), **more)


def heard(net, name="server"):
    net.engine.advance(net.engine.kernel.now + 1)
    return net.log(name, "stdout")


def test_a_pod_hears_another(net):
    server(net)
    client = net.client()
    assert net.run(client, "echo one | nc -u -w1 10.244.0.20 5000; echo $?", 5) == ("0\n", 0)
    assert heard(net) == "one\n"
    net.run(client, "echo two | nc -u -w1 10.244.0.20 5000", 5)
    assert heard(net) == "one\n"  # it talks with the first only


def test_a_service_of_udp_leads_to_its_pods(net):
    server(net, "nc", "-lu", "-p", "5000", "-e", "cat")
    net.service("echo", {"app": "server"}, [
        {"name": "u", "port": 53, "targetPort": 5000, "protocol": "UDP"},
        {"name": "t", "port": 54, "targetPort": 5000}])
    client = net.client()
    assert net.run(client, "echo x | nc -u -w1 echo 54; nc -w1 echo 53", 5)[1] == 1  # each by its own protocol
    assert net.run(client, "echo hello | nc -u -w1 echo 53; echo hello | nc -u -w1 echo 53", 5)[0] == "hello\n"
    net.service("none", {"app": "nobody"}, [{"port": 53, "protocol": "UDP"}])
    assert net.run(client, "echo x | nc -u none 53; echo $?", 5)[0] == "0\n"  # refused: it does not wait


def test_one_that_listens_to_all(net):
    server(net, "nc", "-luk", "5000", image="nicolaka/netshoot")
    one, other = net.client(), net.client()
    for client, word in ((one, "a"), (other, "b"), (one, "c")):
        net.run(client, f"echo {word} | nc -u -w1 10.244.0.20 5000", 5)
    assert heard(net) == "a\nb\nc\n"
    said = net.run("server", "ss -lun; netstat -lun", 1)[0].splitlines()
    assert [said[1].split(), said[4].split()] == [["UNCONN", "0", "0", "0.0.0.0:5000", "0.0.0.0:*"],
                                                  ["udp", "0", "0", "0.0.0.0:5000", "0.0.0.0:*"]]


def test_a_policy_that_lets_tcp_through_keeps_udp_out(net):
    server(net)
    net.world.create("networkpolicies.networking.k8s.io", {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"},
        "spec": {"podSelector": {"matchLabels": {"app": "server"}}, "policyTypes": ["Ingress"],
                 "ingress": [{"ports": [{"port": 5000, "protocol": "TCP"}]}]}})
    net.run(net.client(), "echo x | nc -u -w1 10.244.0.20 5000", 5)
    assert heard(net) == ""


def test_netexec_answers_by_udp(net):
    server(net, "/agnhost", "netexec", "--udp-port=8082", image="registry.k8s.io/e2e-test-images/agnhost:2.40")
    client = net.client()
    asks = "; ".join(f"printf '{each}' | nc -u -w1 10.244.0.20 8082; echo"
                     for each in ("hostName", "echo Hi you", "what"))
    assert net.run(client, asks, 9)[0] == "server\nhi you\n\n"
    said = net.run(client, "echo clientip | nc -u -w1 10.244.0.20 8082", 9)[0]
    assert said.rpartition(":")[0] == "10.244.0.102" and said.rpartition(":")[2].isdigit()
    assert "Unknown UDP command received: what" in net.log("server")
    assert net.run(client, "wget -qO- 10.244.0.20:8080/hostname", 1)[0] == "server"


@pytest.mark.parametrize(("image", "script", "said"), [
    ("nicolaka/netshoot", "nc -zvu 10.244.0.20 5000; nc -zvu 10.244.0.20 5001; echo $?",
     "Connection to 10.244.0.20 5000 port [udp/*] succeeded!\n1\n"),
    ("example.com/tools:alpine", "nc -zvu 10.244.0.20 5000; echo $?", "10.244.0.20 (10.244.0.20:5000) open\n0\n"),
    ("nicolaka/netshoot", "nc -zu 10.96.0.10 53; echo $?", "0\n"),
    ("example.com/tools:alpine", "echo x | nc -u 10.244.0.20 5001; echo $?", "0\n")])
def test_whether_somebody_is_there(net, image, script, said):
    server(net)
    assert net.run(net.client(image=image), script, 9)[0] == said
