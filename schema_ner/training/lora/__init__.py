"""Fine-tune a language model of one's own: a LoRA adapter that follows guidelines.

Files, in the order in which data goes through them: ``recipe`` (what a run does), ``inputs`` (files
→ sources), ``drawing`` (→ questions with answers), ``tokens`` and ``conversations`` (→
``examples``), ``rows`` (→ what a forward pass takes), ``feeding`` (the rows of each step),
``trainee`` (the model that learns), ``loop`` (steps and checkpoints), ``measuring`` (F1 on texts
kept back), ``curves``, ``saving`` (the adapter's folder), ``runs`` (all of it in order).

Not here: the built-in model's training (``training.builtin``), running an adapter
(``engines.local``).
"""
