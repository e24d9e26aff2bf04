"""What the clock and the outbox do: handlers, schedules and what runs them."""
