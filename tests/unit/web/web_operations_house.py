"""Services as their operators see them: how they are, and what they put aside."""

from web_markup import told

from ticketing.errors import HopelessError, NotFoundError, UnavailableError
from web.operations import SERVICES

AT = "2026-01-31T11:00:00.000Z"
UNFORESEEN = "KeyError: 'bug'"
# A letter that can be handled now, and one that never can.
MENDED, BROKEN = "order.completed", "order.created"


def read(boss, path):
    answer = boss.get(path)
    assert answer.status_code == 200
    return told(answer)


class OperatedService:
    """``letters`` by id; ``replayed`` and ``discarded`` are what was asked for."""

    def __init__(self, name):
        self.name, self.away = name, False
        self.letters, self.replayed, self.discarded = {}, [], []
        self.report = {
            "service": name,
            "status": "ok",
            "dependencies": {"nats": "ok"},
            "consumers": [],
        }

    def put_aside(self, subject=MENDED, reason=UNFORESEEN, body="{}"):
        number = len(self.letters) + 1
        self.letters[number] = {
            "id": number,
            "subject": subject,
            "reason": reason,
            "attempts": 8,
            "body": body,
            "trace": "ab" * 16,
            "at": AT,
        }
        return number

    def dead_letters(self, after=0, limit=100):
        self._answer()
        assert 1 <= limit <= 100
        return [dict(v) for k, v in sorted(self.letters.items()) if k > after][:limit]

    def replay_dead_letter(self, id):  # noqa: A002 - the contract's name
        self._take(id)
        self.replayed.append(id)
        if self.letters[id]["subject"] == BROKEN:
            raise HopelessError("still not")
        del self.letters[id]

    def discard_dead_letter(self, id):  # noqa: A002
        self._take(id)
        self.discarded.append(id)
        del self.letters[id]

    def health(self):
        self._answer()
        return dict(self.report)

    def _take(self, number):
        self._answer()
        if number not in self.letters:
            raise NotFoundError

    def _answer(self):
        if self.away:
            raise UnavailableError


class OperationsHouse:
    """``house["orders"]`` is what operators are told of a service of a shop."""

    def __init__(self, world):
        self.services = {name: OperatedService(name) for name in SERVICES}
        for name, service in self.services.items():
            fake = world.own if name == "web" else getattr(world, name)
            for asked in (
                "dead_letters",
                "replay_dead_letter",
                "discard_dead_letter",
                "health",
            ):
                setattr(fake, asked, getattr(service, asked))

    def __getitem__(self, name):
        return self.services[name]
