"""The networks, in readable NumPy: perceptrons, recurrent networks, read-outs, and the rules that they share."""
