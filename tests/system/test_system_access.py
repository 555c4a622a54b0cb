"""Each route lets in whom its line in the table names, and nobody else."""

import pytest
from system_access import ANSWERS, World, declared


@pytest.fixture
def world(seller, member):
    return World(seller, member)


def test_no_route_is_without_a_rule():
    """A new route needs a line in the table of ``system_access``."""
    assert declared() == set(ANSWERS)


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_the_rightful_user_is_let_in(world, method, path):
    """Each route does for its owner what it is for."""
    owner = world.owner(path)
    response = world.ask(owner.http, method, path)
    assert response.status_code == ANSWERS[method, path][0], response.text


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_nobody_is_let_in_only_where_nobody_need_be_known(
    world, anonymous, method, path
):
    """Without a session, and with a cookie that only looks like one: the same."""
    for cookie in ("", "session=", "session=x.y.z"):
        anonymous.cookies.clear()
        anonymous.headers["Cookie"] = cookie
        response = world.ask(anonymous, method, path)
        assert response.status_code == ANSWERS[method, path][1], response.text


@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_nobody_acts_on_what_is_somebody_elses(system, world, other, method, path):
    """Refused, and the thing is as it was."""
    response = world.ask(other.http, method, path)
    assert response.status_code == ANSWERS[method, path][2], response.text
    assert world.is_as_it_was()
    assert world.buyer.order(world.bought) == world.bought
    assert system.intents(world.order["id"]) == []
    assert system.kept(world.bought["id"]) == 2000
