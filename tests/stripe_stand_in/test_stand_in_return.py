"""Where a customer comes back to."""

import pytest

BACK = "https://shop.example/orders/7?lang=de"


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "/orders/7",
        "javascript:alert(1)",
        "https://",
        "https://shop.example/\r\nX: y",
        "https://shop.example:99999/",
        "https://[::1/",
    ],
)
def test_a_return_url_is_a_url(raw, url):
    """With a scheme of the web, and nothing that could end a header."""
    data = {
        "amount": 1500,
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_visa",
        "return_url": url,
    }
    error = raw.post("/v1/payment_intents", data=data).json()["error"]
    assert (error["code"], error["param"]) == ("url_invalid", "return_url")
