"""What a process counts and measures, for Prometheus; one registry a process.

Counting is done where things happen and costs a microsecond or two: its labels are
looked up once and kept. What can only be asked for is asked when ``/metrics`` is.
Labels are names that stand in the code, never ids: see ``ticketing.metrics.children``.
"""
