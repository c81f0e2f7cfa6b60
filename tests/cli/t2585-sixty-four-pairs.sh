#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A guest with 64 synthetic NICs and as many VFs: all are taken away, half of
# them come back under another's name, and every pair ends as it should.
set -u
scn=$TMP/pairs.scn
n=64

{
	echo 'scenario "sixty-four pairs"'
	echo 'machine  azure-mlx5'
	echo 'sysctl   hw.hn.vf_transparent=0'
	i=0
	while [ $i -lt $n ]; do
		mac=$(printf '00:0d:3a:01:00:%02x' $i)
		echo "rc.conf  ifconfig_hn$i=\"inet 10.2.$i.4/24\""
		echo "nic      hn$i mac $mac"
		echo "vf       mce$i of hn$i present"
		i=$((i + 1))
	done
	echo 'probe    p0 icmp rate 100/s from 60s'
	echo 'probe    p63 icmp rate 100/s of hn63 from 60s'
	i=0
	while [ $i -lt $n ]; do
		echo "at 60s vf eject mce$i"
		i=$((i + 1))
	done
	# Even ones and odd ones have each other's names from now on.
	i=0
	while [ $i -lt $n ]; do
		echo "at 200s vf attach mce$i as mce$((i % 2 == 0 ? i + 1 : i - 1))"
		i=$((i + 1))
	done
	echo 'at 300s end'
	i=0
	while [ $i -lt $n ]; do
		vf=mce$((i % 2 == 0 ? i + 1 : i - 1))
		echo "expect lagg$i active $vf"
		echo "expect lagg$i ports \"hn$i $vf\""
		echo "expect address 10.2.$i.4/24 only on lagg$i"
		i=$((i + 1))
	done
	echo 'expect p0 gap <= 500ms'
	echo 'expect p63 gap <= 500ms'
} >"$scn"

"$SB" test --policy native "$scn" >"$TMP/out" 2>&1 && exit 0
grep -E '^(FAIL|  .*expect|    happened)|error:' "$TMP/out" | head -n 12 >&2
exit 1
