"""Resident records: recruitment (招收信息管理), time-boxed and locked afterwards, and what follows from approval.

Serves R-01 to R-09, R-16, R-19 to R-21 and R-26, after the base's manual and the association's notice of 2019.
"""
