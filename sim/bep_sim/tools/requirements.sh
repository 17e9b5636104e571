#!/bin/sh
# What a machine must have beside Python packages: `make` asks before it installs anything, `bep` before it simulates.
#
#   [PYTHON=python3] [CXX=g++] sh requirements.sh WHAT...      of: python venv libpython c++ make
#
# Prints one line that names all that is missing, with the Debian packages that bring it, and ends with 1; else nothing.

missing='' packages=''

lacks() { # WHAT PACKAGE
    missing="$missing${missing:+, }$1"
    case " $packages " in *" $2 "*) ;; *) packages="$packages $2" ;; esac
}

python() { "${PYTHON:-python3}" -c "$1" >/dev/null 2>&1; }

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

# The simulator loads Python as a shared library. macOS has it as a framework, which is always there.
shared='
import ctypes, os, sys, sysconfig
names = [sysconfig.get_config_var("INSTSONAME") or "", "libpython%d.%d.so.1.0" % sys.version_info[:2]]
folders = ["", sysconfig.get_config_var("LIBDIR") or "", os.path.join(sys.base_prefix, "lib")]
def loads(path):
    try:
        return bool(ctypes.CDLL(path))
    except OSError:
        return False
paths = [os.path.join(folder, name) for name in names if ".so" in name for folder in folders]
sys.exit(not (sys.platform == "darwin" or any(map(loads, paths))))
'

for what; do
    case $what in
        python) python "$new_enough" || lacks 'Python 3.11 or newer' python3-venv ;;
        venv) python 'import ensurepip, venv' || lacks "Python's venv" python3-venv ;;
        libpython) python "$shared" || lacks "Python's shared library (libpython)" libpython3-dev ;;
        c++)
            compiler=${CXX:-g++}
            command -v "$compiler" >/dev/null 2>&1 || command -v "${compiler%% *}" >/dev/null 2>&1 ||
                lacks "a C++ compiler (${compiler%% *})" g++
            ;;
        make) command -v make >/dev/null 2>&1 || lacks make make ;;
        *) lacks "a check called $what" '' ;;
    esac
done

[ -z "$missing" ] && exit 0
echo "$missing; on Debian or Ubuntu: apt install$packages"
exit 1
