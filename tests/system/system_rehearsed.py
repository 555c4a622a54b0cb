"""A seller at the page of a rehearsal, as a browser without scripts."""

import re

from system_control import eventually
from system_people import HTML, Person, form_token

# For buyers to sign up, to buy and to be looked after, on a machine that is busy.
WHOLE = 240.0
OVER = "Start the rehearsal"


class Seller(Person):
    """Of one listing, of which there is a page to rehearse."""

    def lists(self, **offer):
        self.listing = self.sell("Quartet", **offer)
        self.path = f"/listings/{self.listing['id']}/rehearsal"
        return self

    def look(self):
        answer = self.http.get(self.path, headers=HTML)
        assert answer.status_code == 200, answer.text
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    def begin(self, buyers=12):
        return self._send("", buyers=str(buyers))

    def stop(self):
        return self._send("/stop")

    def until(self, words, within=WHOLE):
        """Wait until the page says so, and return what it says."""

        def says():
            told = self.look()
            return told if words in told else None

        return eventually(says, within)

    def report(self):
        return self.http.get(f"{self.path}/report", headers=HTML)

    def _send(self, more, **fields):
        token = form_token(self.http, self.path)
        form = {"form_token": token, **fields}
        return self.http.post(self.path + more, data=form, headers=HTML)
