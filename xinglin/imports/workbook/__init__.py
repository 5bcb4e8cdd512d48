"""Reading uploaded tables (P-16, Q-11). Imports no Django: it also runs in a short-lived process of its own."""
