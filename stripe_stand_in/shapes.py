"""What every object of a kind has in common here: mostly fields that stay null.

A shop of one account with cards and debits only, no customers, no Connect and no
balance.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _nulls(names: str) -> Json:
    return dict.fromkeys(names.split())


NO_ADDRESS = _nulls("city country line1 line2 postal_code state")
NO_BILLING = _nulls("email name phone tax_id")
ACCOUNT = _nulls("financial_connections_account networks status_details") | {
    "account_holder_type": "individual",
    "account_type": "checking",
}
TOKEN_CARD = _nulls(
    "address_city address_country address_line1 address_line1_check address_line2 "
    "address_state address_zip address_zip_check dynamic_last4 tokenization_method"
) | {"metadata": {}}
INTENT = _nulls(
    "application application_fee_amount customer on_behalf_of processing review "
    "setup_future_usage shipping source statement_descriptor "
    "statement_descriptor_suffix transfer_data transfer_group"
) | {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "confirmation_method": "automatic",
    "livemode": False,
    "payment_method_options": {
        "card": {"installments": None, "request_three_d_secure": "automatic"}
    },
}
CHARGE = _nulls(
    "application application_fee application_fee_amount balance_transaction customer "
    "failure_balance_transaction on_behalf_of receipt_number receipt_url review "
    "shipping source_transfer statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
) | {
    "calculated_statement_descriptor": "TICKETING",
    "disputed": False,
    "fraud_details": {},
    "livemode": False,
}
REFUND = _nulls(
    "balance_transaction receipt_number source_transfer_reversal transfer_reversal"
) | {
    "destination_details": {
        "card": {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
        "type": "card",
    }
}
