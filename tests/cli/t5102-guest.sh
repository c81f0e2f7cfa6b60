#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The fail-over on a real kernel, in a guest: see the script.
B=$(dirname "$SBD") exec sh tests/guest/bond-hotplug.sh -n 1
