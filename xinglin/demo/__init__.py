"""The invented data of a trial installation: five provinces that do not exist, their bases, staff and residents.

The same seed on the same day gives the same story; every date is relative to the day of loading. It is told by the
product's own actions under a shifted clock, so that nothing is stored that the product would refuse.
"""
