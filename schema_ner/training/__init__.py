"""Training: whatever makes weights.  The only home of torch and transformers besides one engine.

Here so far: the built-in model's definition and its export.  Not here: inference (``encoder``).
"""
