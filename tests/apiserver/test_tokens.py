import base64
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


def test_a_token_that_lives_too_short_is_refused(api):
    assert "may not specify a duration less than 10 minutes" in api.refused(issue, api, expirationSeconds=60)
