#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Compiles and links everything for FreeBSD, warnings as errors, with the
# cross compiler of the Python package ziglang, which carries FreeBSD's libc
# headers and the names of its symbols from 14.0 on. Of 13 only this is known:
# each function that is used has the version of a symbol that is as old.
#
# Headers of the libraries come from this system. The libraries themselves are
# replaced by ones that only have the names in LIBRARIES, so a link fails when
# anything else is missing: a function that FreeBSD's libc does not have.
# Nothing that is built here can run, so nothing is optimised; a libc only gets
# more names, so the tests are linked for the oldest version alone.
#
#	tests/freebsd.sh		VERSIONS="14.0 15.0"
#
# With FREEBSD_SYSROOT=DIR, a folder that holds a FreeBSD system with the
# packages sqlite3, jansson and uthash (13.0 or newer), clang and lld build
# programs that run there: linked statically with what is in DIR, so that they
# need nothing of it. They are left in build/freebsd/sysroot.
#
#	FREEBSD_SYSROOT=/freebsd tests/freebsd.sh	FREEBSD_TARGET=...
set -u

VERSIONS=${VERSIONS:-14.0 15.0}
FREEBSD_SYSROOT=${FREEBSD_SYSROOT:-}
FREEBSD_TARGET=${FREEBSD_TARGET:-x86_64-unknown-freebsd14.0}
ZIG=$PWD/build/zig
JOBS=${JOBS:-2}
# What zig adds by itself where nothing is optimised.
PLAIN=-fno-sanitize=all
# library, and the names it has
LIBRARIES='
sqlite3	sqlite3_.*
pcap	(pcap|bpf)_.*
jansson	json_.*
cmocka	_?(assert|check_expected|cmocka|expect|fail|function_called|mock|run_test|skip|test|will_return|global|print)(_.*)?
'
unset MAKEFLAGS MFLAGS MAKELEVEL V CC B CFLAGS LDFLAGS

die() {
	echo "freebsd: $*" >&2
	exit 3
}

get_zig() {
	"$ZIG/bin/python" -m ziglang version >/dev/null 2>&1 && return
	command -v python3 >/dev/null || die "needs python3 and its venv module"
	echo "  GET   ziglang"
	mkdir -p build && rm -rf "$ZIG" && python3 -m venv "$ZIG" ||
	    die "python3 -m venv failed (Debian: python3-venv)"
	"$ZIG/bin/pip" install -q --disable-pip-version-check \
	    'ziglang>=0.15' || die "pip could not install ziglang"
}

# Only these, so that no header of this system's libc gets in.
copy_headers() {
	rm -rf "$1" && mkdir -p "$1"
	for h in sqlite3.h pcap.h pcap jansson.h jansson_config.h cmocka.h \
	    uthash.h; do
		for d in /usr/include "/usr/include/$(cc -dumpmachine)" \
		    /usr/local/include; do
			[ -e "$d/$h" ] && cp -R "$d/$h" "$1/" && break
		done
	done
	[ -f "$1/sqlite3.h" ] || die "sqlite3.h is not here: make deps"
}

# The shared libraries to link with: their names, from what is missing.
make_libraries() { # folder
	mkdir -p "$1/lib"
	find "$1/obj" -name '*.o' -exec nm -u {} + |
	    awk 'NF == 2 { print $2 }' | sort -u >"$1/missing"
	echo "$LIBRARIES" | while read -r lib names; do
		[ -n "$lib" ] || continue
		{
			echo '.text'
			grep -xE "$names" "$1/missing" | while read -r n; do
				printf '.globl %s\n.type %s,@function\n%s:\n' \
				    "$n" "$n" "$n"
			done
			echo 'ret'
		} >"$1/lib/$lib.s"
		$CC -shared -nostdlib -o "$1/lib/lib$lib.so" \
		    "$1/lib/$lib.s" || exit 1
	done
}

# lib/libc/Versions.def: what came after 13 has FBSD_1.7 and more. The start of
# a program is the linker's, and 13's own there.
old_enough() { # folder
	new=$(nm -D -u "$1/switchback" "$1/switchbackd" "$1"/unit/* |
	    grep -oE '[A-Za-z_0-9]+@FBSD_1\.([7-9]|[1-9][0-9])$' |
	    grep -v '^__libc_start1@' | sort -u)
	[ -z "$new" ] && return
	echo "freebsd: FreeBSD 13 does not have:" $new >&2
	return 1
}

build() { # folder target...
	dir=$1
	shift
	make --no-print-directory -j"$JOBS" B="$dir" TARGET_OS=FreeBSD CC="$CC" \
	    V=debug CFLAGS="-isystem $PWD/build/freebsd/include $PLAIN" \
	    LDFLAGS="-L$PWD/$dir/lib" "$@"
}

# The libraries that a static libpcap may need besides, where they are: the
# base system's is made with RDMA.
static_libs() { # sysroot
	echo "-lsqlite3 -lpcap -ljansson"
	for l in ibverbs mlx5 z m; do
		[ ! -f "$1/usr/lib/lib$l.a" ] || echo "-l$l"
	done
	echo "-pthread"
}

build_for_sysroot() { # sysroot
	for f in usr/include/sys/param.h usr/include/pcap.h; do
		[ -f "$1/$f" ] || die "$1 has no $f: is it a FreeBSD system?"
	done
	command -v clang >/dev/null || die "needs clang"
	set -- "$1" build/freebsd/sysroot \
	    "clang --target=$FREEBSD_TARGET --sysroot=$1" \
	    "-isystem $1/usr/local/include"
	make --no-print-directory -j"$JOBS" B="$2" TARGET_OS=FreeBSD CC="$3" \
	    CFLAGS="$4" objects || exit 1
	for f in usr/lib/crt1.o usr/lib/libc.a usr/lib/libpcap.a \
	    usr/local/lib/libsqlite3.a usr/local/lib/libjansson.a; do
		[ -f "$1/$f" ] || die "compiled, but not linked: $1 has no $f"
	done
	command -v ld.lld >/dev/null || die "compiled, but not linked: needs lld"
	make --no-print-directory -j"$JOBS" B="$2" TARGET_OS=FreeBSD CC="$3" \
	    CFLAGS="$4" LDFLAGS="-static -fuse-ld=lld -L$1/usr/local/lib" \
	    LIBS="$(static_libs "$1" | tr '\n' ' ')" all || exit 1
	echo "  OK    $2/switchback $2/switchbackd"
	exit 0
}

[ -z "$FREEBSD_SYSROOT" ] || build_for_sysroot "$FREEBSD_SYSROOT"
get_zig
export ZIG_GLOBAL_CACHE_DIR="$ZIG/cache"
copy_headers build/freebsd/include
tests='units fuzz-bins lab-bins'
for version in $VERSIONS; do
	dir=build/freebsd/$version
	CC="$ZIG/bin/python -m ziglang cc -target x86_64-freebsd.$version"
	# shellcheck disable=SC2086
	build "$dir" objects && make_libraries "$dir" &&
	    build "$dir" all $tests || exit 1
	[ -z "$tests" ] || old_enough "$dir" || exit 1
	tests=
	find "$dir" -maxdepth 1 -type f -name 'switchback*' |
	    while read -r program; do
		# The run-time linker that it asks for is FreeBSD's.
		grep -q '/libexec/ld-elf.so.1' "$program" ||
		    die "$program is not a FreeBSD program"
		echo "  OK    $program"
	done || exit 1
done
