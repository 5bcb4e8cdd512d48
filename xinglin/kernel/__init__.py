"""Mechanisms without tables that know nothing of medicine: viewer, scope, declarations, identifiers, errors."""
