"""What is settled by itself, whatever happens in between, or by hand."""

INTENTS = "/v1/payment_intents"
GOOD = "pm_usBankAccount_success"
POOR = "pm_usBankAccount_insufficientFunds"
MANDATE = {"customer_acceptance": {"type": "offline"}}


def test_what_is_due_happens_after_a_kill(start, eventually, make_due):
    """The next process on the same data settles it."""
    first = start("--settle-seconds", "3600")
    params = {
        "amount": 1500,
        "currency": "usd",
        "confirm": True,
        "return_url": "https://shop.example/back",
        "mandate_data": MANDATE,
    }
    client = first.client().v1
    intents = [
        client.payment_intents.create(params | {"payment_method": method})
        for method in (GOOD, POOR)
    ]
    first.kill()
    make_due()
    client = start().client().v1

    def statuses():
        return [client.payment_intents.retrieve(intent.id).status for intent in intents]

    eventually(lambda: statuses() == ["succeeded", "requires_payment_method"])


def test_a_running_process_settles_by_itself(start, eventually):
    """After the seconds it was told; nobody has to ask for it."""
    with start("--settle-seconds", "0.05").raw() as raw:
        data = {
            "amount": 1500,
            "currency": "usd",
            "confirm": "true",
            "payment_method": GOOD,
            "return_url": "https://shop.example/back",
            "mandate_data[customer_acceptance][type]": "offline",
            "mandate_data[customer_acceptance][offline]": "",
        }
        intent = raw.post(INTENTS, data=data).json()
        path = f"{INTENTS}/{intent['id']}"
        eventually(lambda: raw.get(path).json()["status"] == "succeeded")


def test_a_payment_is_settled_by_hand_once(raw):
    """Either way; what the clock had in store for it does not happen any more."""

    def processing(method):
        data = {
            "amount": 1500,
            "currency": "usd",
            "confirm": "true",
            "payment_method": method,
            "return_url": "https://shop.example/back",
            "mandate_data[customer_acceptance][type]": "offline",
        }
        return raw.post(INTENTS, data=data).json()["id"]

    def settle(intent_id, **said):
        path = f"/stand-in/payment_intents/{intent_id}/settle"
        return raw.post(path, json=said)

    stays = processing("pm_usBankAccount_processing")
    settled = settle(stays, outcome="succeeded")
    assert settled.json()["status"] == "succeeded"
    again = settle(stays, outcome="failed")
    assert again.status_code == 400
    assert again.json()["error"]["code"] == "payment_intent_unexpected_state"
    assert settle(stays, outcome="maybe").status_code == 400
    assert settle(stays).json()["error"]["param"] == "outcome"
    assert settle("pi_nothing", outcome="failed").status_code == 404
    good = processing(GOOD)
    failed = settle(good, outcome="failed").json()
    assert failed["status"] == "requires_payment_method"
    code = failed["last_payment_error"]["code"]
    assert code == "payment_intent_payment_attempt_failed"


def test_settling_by_hand_takes_the_appointment_away(in_process):
    """A later debit of the same intent is not settled by an earlier one's."""
    intent = in_process.pay(GOOD)
    in_process.settle(intent["id"], "failed")
    stays = {
        "payment_method": "pm_usBankAccount_processing",
        "return_url": "http://shop.example",
        "mandate_data[customer_acceptance][type]": "offline",
    }
    in_process.confirm(intent["id"], stays)
    in_process.pass_time(3600)
    assert in_process.get(f"{INTENTS}/{intent['id']}")["status"] == "processing"
