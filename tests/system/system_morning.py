"""A system that was started before its servers."""

from system_people import Person, at_once, new_email

NO_ID = "5f0000000000000000000000"
SEAT = {"title": "A seat", "price": 1}


class Morning:
    """What a system answers while all of its servers are away."""

    def __init__(self, system):
        self.system = system
        self.live = system.processes["auth"].probe("/livez")
        self.ready = system.processes["auth"].probe("/readyz")
        self.email = new_email()
        account = {"email": self.email, "password": "longenough"}
        with Person(system) as person:
            http = person.http
            self.answers = at_once(
                lambda: http.post("/api/users/signup", json=account),
                lambda: http.get("/api/tickets"),
                lambda: http.post("/api/tickets", json=SEAT),
                lambda: person.ask_for({"id": NO_ID}),
                lambda: person.pay({"id": NO_ID}),
            )
