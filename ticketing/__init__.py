"""What every service of the system shares: transport, storage, sessions, errors."""
