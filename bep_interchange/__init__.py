"""Learned networks for other tools, and networks of other tools: QONNX, C, memory images, plain arrays."""
