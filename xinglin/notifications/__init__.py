"""Messages that leave the house (P-13, first part): codes to the phone, notices of returns; by e-mail or SMS gateway.

Words: a *kind* is declared once with its text; a *message* is one text to one address; an *attempt* is one try to hand
it to a gateway; the *outbox* is the page that shows what became of messages. docs/decisions/0026.
"""
