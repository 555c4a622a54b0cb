"""Mails as files, for machines without a mail server: open one and look at it."""

import os
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile

from ticketing.errors import UnavailableError


class FolderMailer:
    """Each mail is one file, named by its Message-ID; sent again, it is replaced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._folder / f"{name}.eml", message.as_bytes())
        except OSError as error:
            raise UnavailableError(f"The mail cannot be written: {error}") from None

    def _write(self, path: Path, content: bytes) -> None:
        """Put a file there as a whole, or not at all."""
        with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            unfinished = Path(file.name)
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                unfinished.replace(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
