"""Users, roles, grants, sign-in and the viewer in force (P-04 to P-08)."""
