"""The built-in model, inference only: onnxruntime, tokenizers and numpy, no torch.

- ``features``: words and word pieces.
- ``wording``: what is said of a type.
- ``session``: the ONNX graphs.
- ``store``: where weights and cached type vectors lie.
"""
