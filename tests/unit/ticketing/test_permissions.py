"""What an account may do on a server: what its services do there, and no more."""

from ticketing import accounts, permissions
from ticketing.roles import ACCOUNTS, ALL


def test_a_process_with_all_services_may_what_each_of_them_may():
    """And needs nothing denied: there is nobody else whose consumers it could take."""
    every = [permissions.nats(account)["publish"] for account in ACCOUNTS[1:]]
    mine = permissions.nats(ALL)["publish"]
    assert set(mine["allow"]) == set().union(*(each["allow"] for each in every))
    assert mine["deny"] == []


def test_nobody_may_publish_to_what_he_did_not_name():
    """No wildcard stands where the subject of an event could."""
    for account in ACCOUNTS:
        for subject in permissions.nats(account)["publish"]["allow"]:
            assert "*" not in subject or subject.startswith("$JS.API.CONSUMER.")
            assert not subject.startswith(">")


def test_each_password_is_another_and_each_is_used():
    """The servers' configurations fail on one that is missing."""
    passwords = {name: f"password of {name}" for name in accounts.names()}
    nats = {u["password"] for u in accounts.nats(passwords)["authorization"]["users"]}
    mongodb = {user["pwd"] for user in accounts.mongodb(passwords)}
    assert nats == {v for k, v in passwords.items() if k.startswith("nats:")}
    assert mongodb == {v for k, v in passwords.items() if k.startswith("mongodb:")}
    for text in (str(accounts.rabbitmq(passwords)), accounts.redis(passwords)):
        assert "password of" not in text
