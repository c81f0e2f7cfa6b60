#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a record costs, in instructions: the slope between few and many
# repetitions of the same records, so that start and load do not count. Also
# what it takes to load 5,000 rules. Exit status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

instructions() { # rules events repetitions
	instructions_of "$SB" match -f "$1" --repeat "$3" "$2"
}

per_record() { # rules events
	few=$(instructions "$1" "$2" 100)
	many=$(instructions "$1" "$2" 1100)
	echo $(((many - few) / 1000 / $(wc -l <"$2")))
}

cat >"$dir/vf" <<'EOF'
!system=IFNET subsystem=mce0 type=ATTACH
!system=ETHERNET subsystem=mce0 type=IFATTACH
!system=IFNET subsystem=mce0 type=LINK_UP
!system=HYPERV_NIC_VF subsystem=hn0 type=VF_UP
!system=DEVFS subsystem=CDEV type=CREATE cdev=hv_kvp_dev
!system=DEVFS subsystem=CDEV type=CREATE cdev=ttyu0
!system=HYPERV_NIC_VF subsystem=hn0 type=VF_DOWN
+mlx5_core0 at slot=2 function=0 dbsf=pci1:0:2:0 vendor=0x15b3 device=0x1016 subvendor=0x15b3 subdevice=0x0190 class=0x020000 on pci1
EOF
awk 'BEGIN {
	for (i = 0; i < 5000; i++)
		printf "notify 100 {\n\tmatch \"system\"\t\t\"USB\";\n" \
		    "\tmatch \"subsystem\"\t\"INTERFACE\";\n" \
		    "\tmatch \"type\"\t\t\"ATTACH\";\n" \
		    "\tmatch \"vendor\"\t\t\"0x%04x\";\n" \
		    "\tmatch \"product\"\t\"0x%04x\";\n" \
		    "\taction \"kldload -n driver%d\";\n};\n", \
		    4096 + i % 71, i, i
}' >"$dir/usb.conf"
cat >"$dir/usb" <<'EOF'
!system=USB subsystem=INTERFACE type=ATTACH ugen=ugen0.3 cdev=ugen0.3 vendor=0x1000 product=0x0000 devclass=0x00 devsubclass=0x00 sernum="" release=0x0100 mode=host interface=0 endpoints=2 intclass=0x03
!system=USB subsystem=INTERFACE type=ATTACH ugen=ugen0.3 cdev=ugen0.3 vendor=0x101d product=0x1387 devclass=0x00 devsubclass=0x00 sernum="" release=0x0100 mode=host interface=0 endpoints=2 intclass=0x03
!system=USB subsystem=INTERFACE type=ATTACH ugen=ugen0.3 cdev=ugen0.3 vendor=0x101d product=0x9999 devclass=0x00 devsubclass=0x00 sernum="" release=0x0100 mode=host interface=0 endpoints=2 intclass=0x03
!system=USB subsystem=DEVICE type=DETACH ugen=ugen0.3 cdev=ugen0.3 vendor=0x1000 product=0x0000 devclass=0x00 devsubclass=0x00 sernum="" release=0x0100 mode=host port=2
EOF

awk 'BEGIN {
	for (i = 0; i < 5000; i++)
		printf "notify 10 {\n\tmatch \"system\"\t\t\"IFNET\";\n" \
		    "\tmatch \"subsystem\"\t\"if%d_[0-9]+\";\n" \
		    "\taction \"x\";\n};\n", i
}' >"$dir/if.conf"
cat >"$dir/if" <<'EOF'
!system=IFNET subsystem=if4999_12 type=LINK_UP
!system=IFNET subsystem=mce0 type=LINK_UP
EOF

awk 'BEGIN {
	for (i = 0; i < 5000; i++)
		printf "notify 10 {\n\tmatch \"system\"\t\t\"USB\";\n" \
		    "\tmatch \"vendor\"\t\t\"0x05ac\";\n" \
		    "\tmatch \"product\"\t\"(0x%04x|0x%04x|0x%04x)\";\n" \
		    "\taction \"x\";\n};\n", i * 3, i * 3 + 1, i * 3 + 2
}' >"$dir/choice.conf"
sed 's/vendor=0x1000/vendor=0x05ac/' "$dir/usb" >"$dir/choice"

report "a record of a VF, six rules" \
    "$(per_record engine/rules/conf/hyperv.conf "$dir/vf")" ins 4000
report "a record of a VF, 5,000 rules" \
    "$(per_record "$dir/usb.conf" "$dir/vf")" ins 6000
report "a record of USB, six rules" \
    "$(per_record engine/rules/conf/hyperv.conf "$dir/usb")" ins 4000
report "a record of USB, 5,000 rules" \
    "$(per_record "$dir/usb.conf" "$dir/usb")" ins 6000
report "a record of an interface, 5,000 rules with a regex" \
    "$(per_record "$dir/if.conf" "$dir/if")" ins 6000
report "a record of USB, 5,000 rules that differ in (a|b|c)" \
    "$(per_record "$dir/choice.conf" "$dir/choice")" ins 6000

# The time of 20 loads, by the shell's own account of its children.
times_of_20() (
	i=0
	while [ $i -lt 20 ]; do
		"$SB" match -f "$dir/usb.conf" /dev/null
		i=$((i + 1))
	done
	times
)
ms=$(times_of_20 | awk 'NR == 2 {
	for (i = 1; i <= 2; i++) {
		split($i, t, /[ms]/)
		sum += t[1] * 60 + t[2]
	}
	printf "%d", sum * 1000 / 20 + 0.5
}')
report "loading 5,000 rules, start of the program included" "$ms" ms 40

valgrind --tool=massif --massif-out-file="$dir/massif" "$SB" \
    match -f "$dir/usb.conf" /dev/null >/dev/null 2>&1
kb=$(sed -n 's/^mem_heap_B=//p' "$dir/massif" |
	sort -n | tail -n 1 | awk '{ printf "%d", $1 / 1024 }')
report "memory for 5,000 rules at its highest" "$kb" KB 20480
exit $over
