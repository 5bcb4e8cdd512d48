"""Messages to people: a gateway of channels (e-mail, SMS by webhook) with an outbox (P-13)."""
