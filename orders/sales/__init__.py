"""What sellers see of the orders for their listings, and do with them."""
