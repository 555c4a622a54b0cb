"""The accounts as the pages see them."""

from web_fakes import Fake

from ticketing.errors import BadRequestError, InvalidInputError, UnavailableError


class FakeAuth(Fake):
    def __init__(self, keys):
        super().__init__()
        self.keys = keys
        self.signed_out = []
        self.callers = []

    def sign_up(self, email, password):
        if self.away:
            raise UnavailableError
        if "@" not in email:
            raise InvalidInputError(
                [
                    {"message": "Email must be valid", "field": "email"},
                    {
                        "message": "Password must be between 8 and 128 characters",
                        "field": "password",
                    },
                ]
            )
        if any(user["email"] == email for user in self.things.values()):
            raise BadRequestError("Email in use")
        return self._enter(self.keep({"email": email, "password": password}))

    def sign_in(self, email, password, caller=None):
        self.callers.append(caller)
        for user in self.things.values():
            if (user["email"], user["password"]) == (email, password):
                return self._enter(user)
        raise BadRequestError("Invalid credentials")

    def sign_out(self, user_id, jti):
        self.signed_out.append((user_id, jti))

    def change_password(self, user_id, current, new):
        user = self.find(user_id)
        problems = {}
        if current != user["password"]:
            problems["current"] = "Invalid credentials"
        if len(new) < 8:
            problems["password"] = "Password must be between 8 and 128 characters"
        if problems:
            raise InvalidInputError(
                [{"message": text, "field": name} for name, text in problems.items()]
            )
        self.things[user_id]["password"] = new
        return self._enter(user)

    def revoke_sessions(self, user_id):
        self.find(user_id)
        self.signed_out.append((user_id, None))

    def _enter(self, user):
        token = self.keys.issue(user["id"], user["email"])
        return {"id": user["id"], "email": user["email"], "token": token}
