"""The PostgreSQL of Django with what pages need that are asked many times a second; ``ENGINE`` of the settings."""
