#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# How long its work takes on a real kernel, in a guest: see the script.
B=$(dirname "$SBD") exec sh tests/guest/bond-latency.sh -n 1
