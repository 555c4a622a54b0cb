"""The pages in each of their states."""

from web_fakes import HOLD


def every_page_of(world, buyer):
    """Return the answers by names of what they show."""
    pages = {}
    visitor = world.visitor()
    pages["empty home"] = visitor.get("/")
    pages["no orders"] = buyer.get("/orders")
    ticket = world.sell("One < two & three", 1234.5)
    seller = world.visitor("other@example.com")
    own = world.tickets.create_ticket(seller.id, "Mine", 3)
    for name, path in {"home": "/", "ticket": f"/tickets/{ticket['id']}"}.items():
        pages[name] = visitor.get(path)
        pages[f"{name}, signed in"] = buyer.get(path)
    pages["past the end"] = visitor.get("/?after=0")
    pages["sell"] = seller.get("/tickets/new")
    pages["sell, wrong"] = seller.post("/tickets/new", {"price": "x"})
    pages["edit"] = seller.get(f"/tickets/{own['id']}/edit")
    pages["own ticket"] = seller.get(f"/tickets/{own['id']}")
    pages["sign up"] = visitor.get("/auth/signup?next=/orders")
    pages["sign up, wrong"] = visitor.post("/auth/signup", {"email": "x"})
    pages["sign in"] = visitor.get("/auth/signin?next=/orders")
    pages["sign in, wrong"] = visitor.post("/auth/signin", {"email": "x"})
    pages["sign out"] = buyer.get("/auth/signout")
    pages["signed out"] = visitor.get("/auth/signout")
    pages["nothing"] = visitor.get("/nothing")
    pages["not yours"] = buyer.get(f"/tickets/{own['id']}/edit")
    order = world.orders.create_order(buyer.id, own["id"])["id"]
    pages["held"] = visitor.get(f"/tickets/{own['id']}")
    pages["held, to its seller"] = seller.get(f"/tickets/{own['id']}")
    pages["held, to its buyer"] = buyer.get(f"/tickets/{own['id']}")
    pages["edit a held one"] = seller.get(f"/tickets/{own['id']}/edit")
    pages["order"] = buyer.get(f"/orders/{order}")
    pages["order, no card"] = buyer.post(f"/orders/{order}/pay")
    for status in ("pending", "paid", "failed"):
        world.payments.put(order, status)
        pages[f"order, {status}"] = buyer.get(f"/orders/{order}")
    for status, done in {"refunding": False, "refunded": True}.items():
        world.payments.refund(order, ["1"], done=done)
        pages[f"order, {status}"] = buyer.get(f"/orders/{order}")
    world.payments.things.clear()
    world.payments.away = True
    pages["order, payments away"] = buyer.get(f"/orders/{order}")
    world.payments.away = False
    world.now += HOLD
    pages["order, over"] = buyer.get(f"/orders/{order}")
    for reason in (
        "expired",
        "payment failed",
        "refunded",
        "cancelled by the buyer",
        "listing cancelled",
    ):
        world.orders.end(order, reason)
        pages[f"order, {reason}"] = buyer.get(f"/orders/{order}")
    world.payments.put(order, "paid")
    pages["order, late"] = buyer.get(f"/orders/{order}")
    world.orders.things[order]["status"] = "complete"
    pages["order, complete"] = buyer.get(f"/orders/{order}")
    pages["bought"] = buyer.get(f"/tickets/{own['id']}")
    pages["orders"] = buyer.get("/orders")
    world.tickets.away = True
    pages["away"] = visitor.get("/")
    return pages
