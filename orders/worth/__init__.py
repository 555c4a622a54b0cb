"""What orders are worth, for whoever compares them with the money."""
