"""Engines: one module for each way of running a model.

``base`` holds the protocol that all of them meet.  An engine finds candidates; thresholds,
validators and overlaps are the extractor's business and the same for every engine.
"""
