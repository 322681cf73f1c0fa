import base64
import hashlib
import json


def claims(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def issue(api, **spec):
    return api.admin.create("serviceaccounts", {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                                                "spec": spec}, "default", name="default", subresource="token")


def test_a_token_names_its_account(api):
    answer = issue(api, expirationSeconds=7200)
    found = claims(answer["status"]["token"])
    assert found["sub"] == "system:serviceaccount:default:default"
    assert found["exp"] - found["iat"] == 7200
    assert answer["status"]["expirationTimestamp"] == "2024-01-01T02:00:00Z"


def test_a_token_is_known_again_until_it_expires(api):
    token = issue(api, expirationSeconds=600)["status"]["token"]

    def review(text):
        return api.create("authentication.k8s.io/v1", "TokenReview", "", spec={"token": text})["status"]

    assert review(token)["user"]["username"] == "system:serviceaccount:default:default"
    assert "authenticated" not in review("nonsense")
    api.server.clock.reach(api.server.now + 601)
    assert "authenticated" not in review(token)


def test_what_is_no_token_is_none(api):
    token = issue(api)["status"]["token"]
    for text in (f"{token[:-9]}!{token[-9:]}", f"{token}=", "\udcff", "a\udcff.b.c", f"{token}\udcff", "a.b.c.d", ".."):
        answer = api.create("authentication.k8s.io/v1", "TokenReview", "", spec={"token": text})["status"]
        assert "authenticated" not in answer and "invalid bearer token" in answer["error"], text


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def test_a_token_is_signed_by_the_key_that_the_server_tells(api):
    token = issue(api)["status"]["token"]
    signed, _, signature = token.rpartition(".")
    head = signed.partition(".")[0]
    key, = api.admin.raw("GET", "/openid/v1/jwks")["keys"]
    assert json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))) == {"alg": "RS256", "kid": key["kid"]}
    assert (key["kty"], key["use"], key["alg"], key["e"], len(key["kid"])) == ("RSA", "sig", "RS256", "AQAB", 43)
    found = pow(number(signature), number(key["e"]), number(key["n"])).to_bytes(256, "big")
    assert found[:204] == b"\0\1" + b"\xff" * 202
    assert found[-32:] == hashlib.sha256(signed.encode()).digest()


def test_a_token_of_an_older_version_is_known(api):
    body = issue(api)["status"]["token"].split(".")[1]
    signed = f"e30.{body}"
    digest = hashlib.shake_256(b"kubesim " + signed.encode()).digest(256)
    for signature, known in ((digest, True), (digest[::-1], False)):
        token = f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
        answer = api.create("authentication.k8s.io/v1", "TokenReview", "", spec={"token": token})["status"]
        assert answer.get("authenticated", False) is known


def test_a_token_that_lives_too_short_is_refused(api):
    assert "may not specify a duration less than 10 minutes" in api.refused(issue, api, expirationSeconds=60)
