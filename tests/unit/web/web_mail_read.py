"""What is in a mail that was sent: its words and its files."""

from web_pass_house import Printed


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def files_of(mail):
    return {part.get_filename(): part for part in mail.iter_attachments()}


def printed(mail):
    return Printed(files_of(mail)["passes.pdf"].get_payload(decode=True))


def plain(text):
    return " ".join(text.split())
