"""The propagate engine: samples and visible weights in, pre-activations and decisions out."""
