"""HTTP for services: ``@route`` entrypoints on one server per process."""

from ticketing.http.request import Request
from ticketing.http.responses import json_response, unkept
from ticketing.http.route import route

__all__ = ["Request", "json_response", "route", "unkept"]
