"""Buyers are made by a seed, and are as the help says."""

from random import Random

from rehearsal.plans import BAD_CARD, GOOD_CARD, plan_of

MANY = 20_000


def plans(seed, most=4):
    random = Random(seed)
    return [plan_of(random, rush=8, most=most) for _ in range(MANY)]


def share(found, is_one):
    return sum(map(is_one, found)) / len(found)


def test_the_same_seed_makes_the_same_buyers():
    assert plans(7) == plans(7)
    assert plans(7) != plans(8)


def test_shares_are_as_told():
    """Of each kind about as many as the help says."""
    found = plans(1)
    assert abs(share(found, lambda plan: not plan.cards) - 0.05) < 0.01
    declined = share(found, lambda plan: BAD_CARD in plan.cards)
    assert abs(declined - 0.05) < 0.01
    assert share(found, lambda plan: plan.cards == (BAD_CARD, GOOD_CARD)) > 0.015
    assert abs(share(found, lambda plan: plan.clicks_twice) - 0.10) < 0.01
    assert abs(share(found, lambda plan: plan.stays) - 0.15) < 0.01


def test_they_come_within_the_rush_and_most_of_them_early():
    found = plans(1)
    assert all(0 <= plan.comes <= 8 for plan in found)
    assert abs(share(found, lambda plan: plan.comes < 0.3 * 8) - 0.5) < 0.02


def test_nobody_wants_more_than_may_be_wanted():
    assert {plan.quantity for plan in plans(1)} == {1, 2, 3, 4}
    assert {plan.quantity for plan in plans(1, most=1)} == {1}
