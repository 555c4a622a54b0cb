"""The auth service as other services call it."""

import pytest
from unit_doubles import ANN, NO_IDS, NOWHERE, Graveyard, letter

from ticketing.errors import BadRequestError, InvalidInputError, NotFoundError

CREDENTIALS = ("ann@example.com", "correct horse")


@pytest.fixture
def ann(auth):
    return auth.rpc.sign_up(*CREDENTIALS)


def test_signing_up_returns_the_account_and_a_token(ann):
    assert ann == {
        "id": ann["id"],
        "email": "ann@example.com",
        "token": f"token-{ann['id']}",
    }


def test_signing_in_returns_the_same(auth, ann):
    assert auth.rpc.sign_in(*CREDENTIALS) == ann


def test_wrong_credentials_are_refused(auth, ann):
    with pytest.raises(BadRequestError, match="Invalid credentials"):
        auth.rpc.sign_in("ann@example.com", "wrong")


@pytest.mark.parametrize("method", ["sign_up", "sign_in"])
def test_inputs_are_checked_as_over_http(auth, method):
    with pytest.raises(InvalidInputError) as refused:
        getattr(auth.rpc, method)("ann", "")
    assert {error["field"] for error in refused.value.errors} == {"email", "password"}


def test_an_account_is_found_by_id_and_by_any_form_of_its_address(auth, ann):
    shown = {"id": ann["id"], "email": ann["email"]}
    assert auth.rpc.get_user(ann["id"]) == shown
    assert auth.rpc.find_user(" ANN@example.com ") == shown


def test_an_account_that_is_not_there_is_not_found(auth):
    assert auth.rpc.find_user("nobody@example.com") is None
    for user_id in [*NO_IDS, NOWHERE]:
        with pytest.raises(NotFoundError):
            auth.rpc.get_user(user_id)


def test_several_accounts_are_told_at_once_each_once_and_without_the_unknown(auth, ann):
    bob = auth.rpc.sign_up("bob@example.com", "correct horse")
    auth.rpc.sign_up("eve@example.com", "correct horse")
    told = auth.rpc.get_users([bob["id"], NOWHERE, ann["id"], bob["id"], *NO_IDS])
    assert told == [
        {"id": user["id"], "email": user["email"]}
        for user in sorted([ann, bob], key=lambda user: user["id"])
    ]
    assert auth.rpc.get_users([]) == []


@pytest.mark.parametrize(
    "ids", [[NOWHERE] * 1001, [None], [{"$gt": ""}], NOWHERE, None, {"$in": []}]
)
def test_too_many_accounts_or_no_list_of_ids_is_refused(auth, ids):
    with pytest.raises(InvalidInputError, match="a list of at most 1000 ids"):
        auth.rpc.get_users(ids)
    assert auth.rpc.get_users([NOWHERE] * 1000) == []


def test_signing_out_ends_one_session_and_is_silent_about_nobody(auth, ann):
    auth.rpc.sign_out(ann["id"], "jti-9")
    auth.rpc.sign_out(ANN, "jti-9")
    auth.rpc.sign_out("../x", "jti-9")
    assert [revoked.jti for revoked in auth.sessions.revoked] == ["jti-9"]


def test_all_sessions_of_a_user_end_here_at_once_and_elsewhere_by_event(auth, ann):
    auth.rpc.revoke_sessions(ann["id"])
    now = auth.clock().timestamp()
    assert [revoked.before for revoked in auth.sessions.revoked] == [now]
    assert [event.data["before"] for event in auth.users.events] == [now]
    for user_id in [*NO_IDS, NOWHERE, {"$gt": ""}, None]:
        with pytest.raises(NotFoundError):
            auth.rpc.revoke_sessions(user_id)


def test_dead_letters_can_be_seen_and_handled_again(auth):
    auth.rpc.graveyard = Graveyard(letter(7))
    assert auth.rpc.dead_letters() == [
        {
            "id": 7,
            "subject": "order.created",
            "reason": "no use",
            "attempts": 8,
            "body": "{",
            "trace": "",
            "at": None,
        }
    ]
    assert auth.rpc.dead_letters(after=7) == []
    assert auth.rpc.replay_dead_letter(7) == {"replayed": 7}
    assert auth.rpc.graveyard.replayed == [7]
    with pytest.raises(NotFoundError):
        auth.rpc.replay_dead_letter(8)
    assert auth.rpc.discard_dead_letter(7) == {"discarded": 7}
    with pytest.raises(NotFoundError):
        auth.rpc.discard_dead_letter(7)


@pytest.mark.parametrize("page", [{"after": -1}, {"limit": 101}, {"limit": "x"}])
def test_a_page_of_dead_letters_has_its_bounds(auth, page):
    with pytest.raises(InvalidInputError):
        auth.rpc.dead_letters(**page)
