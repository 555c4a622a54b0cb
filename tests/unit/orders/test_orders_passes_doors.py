"""Doors scan while they are cut off and tell it later, in any order, again and again.

Each pass has one winner, every other scan is reported once, and what was told stays.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from orders_passes_house import House
from unit_doubles import ANN

UNITS = ("1", "2", "3")
DOORS = ("North", "South")


class Doors(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.house = House()
        self.ticket = self.house.sell()
        self.order = self.house.buy(self.ticket, *UNITS)
        self.scanned = {door: [] for door in DOORS}
        self.arrived = {unit: [] for unit in UNITS}
        self.answers = {}
        self.refunded = set()

    @rule(door=st.sampled_from(DOORS), unit=st.integers(0, 2), ago=st.integers(0, 90))
    def scan(self, door, unit, ago):
        """Every scan has a time of its own, by which the reports are told apart."""
        number = sum(map(len, self.scanned.values()))
        at = f"2026-01-31T{9 + ago // 60:02}:{ago % 60:02}:00.{number:03}Z"
        self.scanned[door].append((UNITS[unit], f"s{number}", at))

    @rule(door=st.sampled_from(DOORS), data=st.data())
    def merge(self, door, data):
        """Tell any of a door's scans, some of them for the second or third time."""
        scans = self.scanned[door]
        for place in data.draw(st.lists(st.integers(0, max(0, len(scans) - 1)))):
            if scans:
                self.tell(door, *scans[place])

    @rule(unit=st.sampled_from(UNITS))
    def refund(self, unit):
        if unit not in self.refunded:
            self.house.refund(self.order, unit)
            self.refunded.add(unit)

    @rule()
    def merge_everything_again(self):
        before = self.house.listed(self.ticket)
        for door, scans in self.scanned.items():
            for unit, scan, at in reversed(scans):
                if scan in self.answers:
                    self.tell(door, unit, scan, at)
        assert self.house.listed(self.ticket) == before

    def tell(self, door, unit, scan, at):
        pass_id = next(held.id for held in self.order.passes if held.unit == unit)
        answer = self.house.rpc.admit_pass(pass_id, ANN, door, scan, at)
        if scan in self.answers:
            assert answer == self.answers[scan]
            return
        self.answers[scan] = answer
        if unit in self.refunded:
            assert answer["outcome"] == "refunded"
        else:
            first = not self.arrived[unit]
            assert answer["outcome"] == ("welcome" if first else "already in")
            self.arrived[unit].append({"door": door, "at": at})

    @invariant()
    def each_pass_has_one_winner_and_every_other_scan_is_reported_once(self):
        for shown in self.house.listed(self.ticket):
            told = {"door": shown.get("door"), "at": shown.get("admittedAt")}
            winner = [told] if "admittedAt" in shown else []
            arrived = self.arrived[shown["unit"]]
            assert winner + shown.get("conflicts", []) == arrived

    @invariant()
    def what_a_pass_is_worth_is_told(self):
        for shown in self.house.listed(self.ticket):
            used = "admitted" if self.arrived[shown["unit"]] else "valid"
            refunded = shown["unit"] in self.refunded
            assert shown["status"] == ("refunded" if refunded else used)


TestDoors = Doors.TestCase
TestDoors.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
