"""Measurements that a user can repeat on their own data.

Here: what is measured and how it is shown.  Not here: the command line (``cli``), reading files
(``formats``), the metrics (``scoring``).
"""
