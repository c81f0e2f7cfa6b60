#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A DHCP client and rc.conf on a real kernel, in a guest: see the script.
B=$(dirname "$SBD") exec sh tests/guest/bond-dhcp.sh
