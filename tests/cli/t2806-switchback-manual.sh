#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The manual page of switchback has every command and every option that the
# program has, and no other, and its examples work.
set -u
page=engine/cmd/switchback.1
status=0

bad() {
	echo "t2806: $*" >&2
	status=1
}

"$SB" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | sort >"$TMP/have"
sed -n 's/^\.Ss //p' $page | sort >"$TMP/told"
[ -s "$TMP/have" ] || bad "the program has no commands"
diff "$TMP/have" "$TMP/told" >&2 || bad "commands: program <, page >"

# The options of a command, a line each: of its section in the page; of what
# it prints for --help, together with the table and the letters that it gives
# to getopt_long(). --help itself is told once for all.
options_told() {
	awk -v want="$1" '
	/^\.S[hs] / { on = $1 == ".Ss" && $2 == want }
	on && /^\.It Fl / {
		for (i = 2; i < NF; i++)
			if ($i == "Fl" && $(i + 1) == "Fl")
				print "--" $(i++ + 2)
			else if ($i == "Fl")
				print "-" $(i + 1)
	}' $page | sort -u
}
options_had() {
	source=engine/cmd/cmd_$1.c
	{
		"$SB" "$1" --help | tr ' ,|[]' '\n\n\n\n\n' |
		    grep -E '^(-[A-Za-z]|--[a-z][a-z-]+)$'
		sed -n 's/^.*{ "\([a-z-]*\)", [a-z]*_argument,.*/--\1/p' $source
		sed -n 's/^.*getopt_long(argc, argv, "\([A-Za-z:]*\)".*/\1/p' \
		    $source | tr -d ':\n' | sed 's/./-&\
/g'
	} | grep -v -e '^-h$' -e '^--help$' -e '^$' | sort -u
}
# Each is tried where there is but one scenario.
mkdir -p "$TMP/few/scenarios"
cp scenarios/bringup/no-vf.scn "$TMP/few/scenarios/"
try() { # command option...
	(
		cd "$TMP/few" || exit 3
		SWITCHBACK_DB=$TMP/tried.db "$SB" "$@" >/dev/null 2>"$TMP/err" \
		    </dev/null
	)
}
n=0
while read -r command; do
	options_told "$command" >"$TMP/told"
	options_had "$command" >"$TMP/had"
	diff "$TMP/had" "$TMP/told" >&2 ||
		bad "options of $command: program <, page >"
	while read -r option; do
		n=$((n + 1))
		# Left alone, these have no end, or a late one.
		case "$command $option" in
		record*) try record "$option" --for 1ms ;;
		explore*--exhaustive) try explore "$option" --depth 1 ;;
		explore*--hash) try explore "$option" --seeds 1 ;;
		*) try "$command" "$option" ;;
		esac
		grep -qiE '(unrecognized|invalid|illegal|unknown) option' \
		    "$TMP/err" && bad "$command refuses $option"
	done <"$TMP/told"
	try "$command" --no-such-option
	[ $? -eq 2 ] || bad "$command takes any option"
	grep -qiE '(unrecognized|invalid|illegal|unknown) option' "$TMP/err" ||
		bad "this test does not know how $command refuses an option"
done <"$TMP/have"
[ $n -ge 50 ] || bad "only $n options were tried"

# What the program asks of its environment, and the statuses it ends with.
# shellcheck disable=SC2013
for name in $(sed -n 's/.*getenv("\([A-Z_]*\)").*/\1/p' engine/cmd/*.c); do
	grep -q "^\.It Ev $name$" $page || bad "$name is not in the page"
done
for n in $(sed -n 's/^	CMD_[A-Z]* = \([0-9]\),.*/\1/p' engine/cmd/cmds.h); do
	grep -q "^\.It $n$" $page || bad "exit status $n is not in the page"
done
"$SB" --version | grep -q '^switchback [0-9]' || bad "--version"

# Every example, in order, each in the folder that the page means.
mkdir "$TMP/w"
ln -s "$PWD/scenarios" "$PWD/fixtures" "$PWD/engine" "$TMP/w/"
awk '
/^\.Sh EXAMPLES/ { on = 1 }
on && /^\.Ed/ { inside = 0 }
inside { sub(/\\e$/, "\\"); print }
on && /^\.Bd/ { inside = 1 }' $page >"$TMP/examples"
[ "$(grep -c 'switchback ' "$TMP/examples")" -ge 11 ] || bad "few examples"
{
	echo 'set -e'
	cat "$TMP/examples"
} >"$TMP/run.sh"
(
	cd "$TMP/w" || exit 3
	PATH=${SB%/*}:$PATH
	export PATH
	unset SWITCHBACK_DB
	sh "$TMP/run.sh" >"$TMP/out" 2>"$TMP/err"
) || bad "the examples end with $?: $(tail -n 3 "$TMP/out" "$TMP/err")"
[ -s "$TMP/err" ] && bad "the examples complain: $(cat "$TMP/err")"
grep -q "hyperv_vfup \\$'hn0'" "$TMP/out" || bad "explain explains nothing"
cmp "$TMP/w/unplug.txt" - >&2 <<-END || bad "the recording did not come back"
$(LC_ALL=C awk '$1 == "===" { on = $2 == "b_unplug_1.log"; next } on' \
    fixtures/recordings/freebsd-hn.rec)
END

[ $status -eq 0 ] || exit $status
command -v mandoc >/dev/null 2>&1 || {
	echo "mandoc is not installed: the page is not rendered"
	exit 77
}
mandoc -Tlint $page 2>&1 | grep -v -e 'referenced manual not found' \
    -e 'outdated mandoc.db' >&2 &&
	bad "the page has mistakes"
[ "$(mandoc -Tutf8 $page | wc -l)" -ge 250 ] || bad "the page is too short"
exit $status
