"""Journeys in headless Chromium through the served product: real web server, real worker, real pages."""
