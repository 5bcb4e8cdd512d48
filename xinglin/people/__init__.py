"""The person: identity, education and qualifications, typed once for every part of the platform (P-24, R-20)."""
