"""Fine-tune a language model of one's own: a LoRA adapter that follows guidelines.

Files, in the order in which data goes through them: ``recipe`` (what a run does), ``drawing``
(annotated texts → questions with answers), ``examples`` (→ tokens), ``rows`` (→ what a forward pass
takes), ``trainee`` (the model that learns), ``loop`` (steps and checkpoints), ``measuring`` (F1 on
texts kept back), ``curves``, ``saving`` (the adapter's folder), ``runs`` (all of it in order).

Not here: the built-in model's training (``training.builtin``), running an adapter
(``engines.local``).
"""
