#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Makes sure that what the build and its tests need is there: on Debian and
# its kin installs the missing packages, elsewhere names them.
# DEPS=no looks at nothing. DEPS=lab also brings what a guest of the lab is
# made of and runs in, DEPS=all what else is large and only some tests use,
# which skip where it is missing.
set -u

[ "${DEPS:-yes}" = no ] && exit 0

needed="gcc make clang libsqlite3-dev libpcap-dev libcmocka-dev uthash-dev
    libjansson-dev libmnl-dev libseccomp-dev pkg-config clang-format valgrind"
optional="mandoc"
lab="qemu-system-x86 busybox-static cpio"
large="chromium iproute2 dpkg-dev lintian zsh"

die() {
	echo "deps: $*" >&2
	exit 3
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
	    installed ]
}

absent() {
	for p; do
		is_installed "$p" || printf '%s ' "$p"
	done
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	else
		die "not root and no sudo: as root, run: $*"
	fi
}

install_debian() {
	# One question for all of them; the answer is nearly always yes.
	# shellcheck disable=SC2086
	set -- $needed
	[ "$(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null |
	    grep -cx installed)" -eq $# ] && return

	# shellcheck disable=SC2046
	set -- $(absent "$@")
	[ $# -eq 0 ] && return
	# What is optional comes along, but alone it is not worth a call.
	# shellcheck disable=SC2086
	extra=$(absent $optional)
	echo "deps: installing: $* $extra"
	# shellcheck disable=SC2086
	as_root apt-get install -qq -y "$@" $extra </dev/null && return
	as_root apt-get update -qq </dev/null
	as_root apt-get install -qq -y "$@" </dev/null ||
	    die "apt-get could not install: $*"
	# shellcheck disable=SC2086
	[ -z "$extra" ] || as_root apt-get install -qq -y $extra </dev/null ||
	    echo "deps: going on without: $extra"
}

# One by one: where one cannot be had, the others still can. What a package
# only recommends is left out: QEMU's would be ten times as much.
install_each() {
	for p in $(absent "$@"); do
		echo "deps: installing: $p"
		( as_root apt-get install -qq -y --no-install-recommends \
		    "$p" </dev/null ||
		    { as_root apt-get update -qq </dev/null &&
		    as_root apt-get install -qq -y --no-install-recommends \
		    "$p" </dev/null; } ) ||
		    echo "deps: going on without: $p"
	done
}

# FreeBSD has SQLite, libpcap's and the compiler's own place; the rest are
# packages. Elsewhere pkg-config knows.
look_elsewhere() {
	missing=
	command -v cc >/dev/null 2>&1 || missing="$missing cc"
	command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config"
	for p in sqlite3 cmocka jansson; do
		! command -v pkg-config >/dev/null 2>&1 ||
		    pkg-config --exists "$p" || missing="$missing $p"
	done
	# Of Linux only: FreeBSD has route(4).
	for p in libmnl libseccomp; do
		[ "$(uname -s)" != Linux ] ||
		    pkg-config --exists $p 2>/dev/null || missing="$missing $p"
	done
	for h in pcap.h uthash.h; do
		printf '#include <%s>\n' "$h" |
		    cc -isystem /usr/local/include -E - >/dev/null 2>&1 ||
		    missing="$missing $h"
	done
	[ -z "$missing" ] || die "please install what has:$missing" \
	    "(FreeBSD: pkg install sqlite3 cmocka jansson uthash pkgconf)"
}

if command -v apt-get >/dev/null 2>&1; then
	install_debian
	# shellcheck disable=SC2086
	case ${DEPS:-yes} in
	lab) install_each $lab ;;
	all) install_each $large ;;
	esac
else
	look_elsewhere
fi
