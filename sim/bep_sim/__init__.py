"""Co-simulation: the generated hardware in Verilator, driven by the golden model through cocotb."""
