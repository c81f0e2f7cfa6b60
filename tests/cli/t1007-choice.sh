#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A choice of words, (a|b|c), is found by each of its words; priority and the
# order in the file hold as for any other pattern.
set -u
cat >"$TMP/c.conf" <<'EOF'
notify 1 { match "k" "(one|two|three)"; action "low"; };
notify 5 { match "k" "(two|T\.o)"; match "j" "(x|y)"; action "both"; };
notify 5 { match "k" "(four|TWO)"; action "second"; };
notify 5 { match "k" "(five|)"; action "never"; };
notify 4 { match "k" "!(one|six)"; match "j" "z"; action "not"; };
notify 3 { match "k" "(a|b)c"; action "no choice"; };
EOF
cat >"$TMP/events" <<'EOF'
!k=one
!k=TWO
!k=two j=y
!k=t.o j=x
!k=txo j=x
!k=five
!k=six j=z
!k=seven j=z
!k=bc
!k=tw
!k=twoo
!j=x
EOF
cat >"$TMP/expected" <<'EOF'
1	>low
2	>second
3	>both
4	>both
5	-
6	-
7	-
8	>not
9	>no choice
10	-
11	-
12	-
EOF
"$SB" match -f "$TMP/c.conf" "$TMP/events" >"$TMP/out" || exit 1
diff "$TMP/expected" "$TMP/out" >&2
