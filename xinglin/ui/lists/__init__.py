"""Lists (P-15): one machine for every list. A `ListSpec` declares columns, filters and actions; the machine does the
rest: filter bar, count, sort, pages, column choice, selection, batch actions, empty states, shareable address.
The same declaration is what `xinglin.exports` writes to a workbook.
"""
