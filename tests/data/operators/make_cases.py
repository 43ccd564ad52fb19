#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the single-operator cases that tests/operator_cases.h reads.

usage: make_cases.py [FAMILY...]

A family F is the module cases_F.py beside this file, whose function cases(family) adds the cases;
its zip is written beside it. Without arguments all families are written. Needs numpy, onnx and
onnxruntime from PyPI.
"""
import importlib
import pathlib
import sys

from operator_case import Family

FOLDER = pathlib.Path(__file__).resolve().parent


def main():
    known = sorted(path.stem.removeprefix("cases_") for path in FOLDER.glob("cases_*.py"))
    for name in sys.argv[1:] or known:
        if name not in known:
            sys.exit(f"there is no family '{name}'; there are {', '.join(known)}")
        family = Family(name)
        importlib.import_module("cases_" + name).cases(family)
        family.write(FOLDER)


if __name__ == "__main__":
    main()
