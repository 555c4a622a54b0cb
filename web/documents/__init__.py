"""What a buyer receives: passes as codes and as a PDF, the event as a calendar file."""
