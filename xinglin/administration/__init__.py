"""系统管理: the screens of the ground apps — organisations, accounts and identities, code tables, settings (P-01 to P-03,
P-06 to P-08, P-10, P-14, R-23). Each fact lives in its ground app; here are only faces."""
