"""Learn in software: train, measure, inspect, sweep, report."""
