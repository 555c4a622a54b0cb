"""In-memory double of the admissions."""

from collections.abc import Iterable
from dataclasses import replace

from orders.passes.admissions import MAX_CONFLICTS
from orders.passes.models import Admission


class MemoryAdmissions:
    def __init__(self) -> None:
        self._admissions: dict[str, Admission] = {}

    def record(self, admission: Admission) -> Admission:
        scan = admission.scan
        known = self._admissions.setdefault(admission.pass_id, admission)
        if known.knows(scan.id) or len(known.conflicts) == MAX_CONFLICTS:
            return known
        after = replace(known, conflicts=(*known.conflicts, scan))
        self._admissions[admission.pass_id] = after
        return after

    def of_passes(self, pass_ids: Iterable[str]) -> dict[str, Admission]:
        known = self._admissions
        return {pass_id: known[pass_id] for pass_id in pass_ids if pass_id in known}

    def of_ticket(self, ticket_id: str) -> dict[str, Admission]:
        return {
            pass_id: admission
            for pass_id, admission in self._admissions.items()
            if admission.ticket_id == ticket_id
        }

    def count(self, ticket_id: str) -> int:
        return len(self.of_ticket(ticket_id))
