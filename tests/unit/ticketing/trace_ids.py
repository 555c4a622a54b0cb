"""Traces as callers name them, and what a span is told to be a part of."""

import eventlet

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GOOD = f"00-{TRACE}-00f067aa0ba902b7-01"
UNTOLD = f"{GOOD[:-2]}00"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def in_own_thread(run, *arguments):
    return eventlet.spawn(run, *arguments).wait()


def parent_of(span):
    return f"{span.parent.span_id:016x}" if span.parent else ""


def id_of(span):
    return f"{span.context.span_id:016x}"
