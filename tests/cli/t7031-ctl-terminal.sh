#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Whoever has the control socket's name answers "switchback ctl": its lines are
# kept, and nothing in them is for a terminal.
set -u
command -v python3 >/dev/null || {
	echo "python3 is not installed: there is no one to answer"
	exit 77
}
cat >"$TMP/answer.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1])
s.listen(1)
print("ready", flush=True)
client = s.accept()[0]
client.recv(4096)
text = b"up 1\n\x1b]0;title\x07down 2\nlast"
client.sendall(b"ok %d\n" % len(text) + text)
client.recv(1)
END
mkfifo "$TMP/ready"
timeout 60 python3 "$TMP/answer.py" "$TMP/socket" >"$TMP/ready" &
read -r _ <"$TMP/ready"
"$SB" ctl --socket "$TMP/socket" metrics >"$TMP/out" || exit 1
wait
printf 'up 1\n?]0;title?down 2\nlast\n' | cmp - "$TMP/out" || {
	od -c "$TMP/out" >&2
	exit 1
}
