"""The pages that the code declares, and what makes the tokens of their forms here."""

import inspect

from web.form_tokens import FormTokens
from web.page import Page
from web.service import WebService

FORMS = FormTokens([b"k" * 32])


def declared_pages():
    """The name of each method and an entrypoint of it."""
    for name, method in inspect.getmembers(WebService, inspect.isfunction):
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, Page):
                yield name, entrypoint
