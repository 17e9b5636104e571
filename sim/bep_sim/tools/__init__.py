"""Simulators: Verilator, Icarus Verilog, compiled designs and netlists."""
