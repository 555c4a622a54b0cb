"""People who use a shop that is measured."""

import httpx


def person(address: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=address, timeout=30)
    account = {"email": f"{name}@bench.test", "password": "correct horse"}
    client.post("/api/users/signup", json=account).raise_for_status()
    return client
