"""What holds where nothing is said of cookies: that is the open internet."""

from http.cookies import SimpleCookie

import httpx
import pytest
from system_accounts import guarded
from system_control import PLAIN, Process, environment, new_port
from system_people import PASSWORD, new_email


@pytest.fixture
def auth(tmp_path_factory):
    """The service on servers that ask who it is: on others it would not start."""
    with guarded(tmp_path_factory.mktemp, "open") as instance:
        said = {"WEB_SERVER_ADDRESS": f"127.0.0.1:{new_port()}"}
        said |= {"SESSION_COOKIE_SECURE": ""}
        settings = environment(instance, "auth") | said
        process = Process(("auth",), settings, tmp_path_factory.mktemp("auth"))
        process.start()
        process.wait_until_ready()
        yield process
        process.end()


def test_the_cookie_is_secure_unless_the_config_says_otherwise(auth):
    with httpx.Client(base_url=f"http://{auth.address}", verify=PLAIN) as client:
        credentials = {"email": new_email(), "password": PASSWORD}
        answer = client.post("/api/users/signup", json=credentials)
    cookies = [SimpleCookie(each) for each in answer.headers.get_list("Set-Cookie")]
    (session,) = [each["session"] for each in cookies if "session" in each]
    assert session["secure"]
