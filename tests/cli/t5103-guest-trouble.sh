#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What goes wrong on a real kernel, in a guest: see the script.
B=$(dirname "$SBD") exec sh tests/guest/bond-trouble.sh
