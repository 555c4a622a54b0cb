"""The pages by what they are about; ``web.service`` puts them together.

Import the modules, not the classes: see ``ticketing.service``.
"""
