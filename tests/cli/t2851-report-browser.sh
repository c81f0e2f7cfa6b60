#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A browser shows the HTML report: bars and gaps stand where the store says,
# before and after zooming, the keys and the mouse do what the page says, dark
# and light have contrast, nothing is fetched, and the pixels of a screenshot
# have the colours of what is there. report-look.js does the looking.
set -u
status=0

bad() {
	echo "t2851: $*" >&2
	status=1
}

chromium=
for name in chromium chromium-browser google-chrome; do
	command -v "$name" >/dev/null && chromium=$name && break
done
[ -n "$chromium" ] || {
	echo "no chromium here: nobody looked at the HTML report"
	exit 77
}

# Arguments go to the browser. It may look at files of this folder only, finds
# no other host, and waits for nothing but the page.
browse() {
	HOME=$TMP timeout 100 "$chromium" --headless --no-sandbox --disable-gpu \
	    --no-first-run --disable-extensions --disable-background-networking \
	    --disable-component-update --disable-default-apps --disable-sync \
	    --hide-scrollbars --allow-file-access-from-files \
	    --user-data-dir="$TMP/profile" --enable-logging=stderr \
	    --host-resolver-rules='MAP * ~NOTFOUND' \
	    --blink-settings=preferredColorScheme=1 "$@" 2>>"$TMP/log"
}

"$SB" replay --scenario scenarios/migration/recorded.scn --db "$TMP/m.db" \
    >/dev/null || bad "replay: status $?"
"$SB" report --db "$TMP/m.db" --run 1 --run 2 -o "$TMP/report.html" ||
	bad "report: status $?"

# What the store says: "[from, until]," lines in seconds.
stretches() { # SQL of two columns of nanoseconds
	"$SB" query --db "$TMP/m.db" "$1" |
	    awk '{ printf "[%.9f, %.9f],", $1 / 1e9, $2 / 1e9 }'
}
active() { # run, SQL condition on the value
	stretches "SELECT s.at_ns, coalesce((SELECT min(n.at_ns) FROM state n
	    WHERE n.run = s.run AND n.object = s.object AND n.field = s.field
	    AND n.seq > s.seq), r.end_ns) FROM state s JOIN run r
	    ON r.id = s.run WHERE s.run = $1 AND s.object = 'lagg0'
	    AND s.field = 'active' AND s.value $2"
}
gaps() { # run
	stretches "SELECT g.from_ns + p.period_ns, g.to_ns FROM gap g JOIN probe
	    p ON p.run = g.run AND p.seq = g.probe WHERE g.run = $1"
}
none=$("$SB" query --db "$TMP/m.db" "SELECT max(at_ns) FROM state WHERE run = 1
    AND field = 'active' AND value = 'none'")
rows=$("$SB" query --db "$TMP/m.db" "SELECT 2 * count(*) FROM gap")
cat >"$TMP/want.js" <<EOF
var WANT = { packetRows: $rows, hover: ["$none", "lagg0: active port none"],
bars: [
{ run: 0, css: 'b-refused', at: [$(gaps 1)] },
{ run: 1, css: 'b-refused', at: [$(gaps 2)] },
{ run: 0, css: 'b-none', at: [$(active 1 "= 'none'")] },
{ run: 1, css: 'b-none', at: [$(active 2 "= 'none'")] },
] };
EOF
grep -q 'at: \[\]' "$TMP/want.js" && bad "the store says nothing"
cp tests/cli/report-look.js "$TMP/look.js"
cat >"$TMP/look.html" <<'EOF'
<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="frame" src="report.html"
 style="border:0;width:1400px;height:5000px;display:block"></iframe>
<pre id="out"></pre><script src="want.js"></script>
<script src="look.js"></script>
EOF
browse --window-size=1400,5000 --virtual-time-budget=30000 --dump-dom \
    "file://$TMP/look.html" >"$TMP/dom" || bad "look: status $?"
sed -n '/<pre id="out">/,/<\/pre>/p' "$TMP/dom" | sed 's/<[^>]*>//g' \
    >"$TMP/seen"
grep '^not ok' "$TMP/seen" >&2 && status=1
grep -q '^the end' "$TMP/seen" || bad "the look did not end: $(cat "$TMP/seen")"
[ "$(grep -c '^ok' "$TMP/seen")" -ge 70 ] || bad "little was looked at"
# What a script or the page's own policy complains of.
grep 'CONSOLE' "$TMP/log" >&2 && bad "the browser complains"

# A screenshot, and the colours in the boxes that the look has found, read by
# the browser itself.
browse --window-size=1400,5000 --screenshot="$TMP/shot.png" \
    "file://$TMP/report.html" || bad "screenshot: status $?"
[ -s "$TMP/shot.png" ] || bad "no screenshot"
{
	echo '<!DOCTYPE html><meta charset="utf-8"><pre id="out"></pre><script>'
	echo 'var boxes = ['
	sed -n 's/^box \([a-z]*\) \(.*\)/\1 \2/p' "$TMP/seen" |
	    awk '{ printf "[\"%s\",%d,%d,%d,%d],\n", $1, $2, $3, $4, $5 }'
	printf '];\nvar shot = "data:image/png;base64,'
	base64 <"$TMP/shot.png" | tr -d '\n'
	cat <<'EOF'
";
var image = new Image();
image.onload = function () {
	var c = document.createElement('canvas'), out = [];
	c.width = image.width;
	c.height = image.height;
	var g = c.getContext('2d');
	g.drawImage(image, 0, 0);
	boxes.forEach(function (b) {
		var d = g.getImageData(b[1] + 1, b[2] + 1, b[3] - 2, b[4] - 2).data;
		var sum = [0, 0, 0], n = d.length / 4, i;
		for (i = 0; i < d.length; i += 4) {
			sum[0] += d[i]; sum[1] += d[i + 1]; sum[2] += d[i + 2];
		}
		out.push('mean ' + b[0] + ' ' + sum.map(function (s) {
			return Math.round(s / n);
		}).join(' '));
	});
	document.getElementById('out').textContent = out.join('\n') + '\n';
};
image.src = shot;
</script>
EOF
} >"$TMP/pixels.html"
browse --virtual-time-budget=10000 --dump-dom "file://$TMP/pixels.html" |
    sed 's/<[^>]*>//g' >"$TMP/means"
near() { # kind red green blue: within 40 of it
	awk -v kind="$1" -v r="$2" -v g="$3" -v b="$4" '
	function off(x, y) { return x > y ? x - y : y - x }
	$1 == "mean" && $2 == kind {
		n++
		if (off($3, r) > 40 || off($4, g) > 40 || off($5, b) > 40)
			bad = 1
	}
	END { exit bad || n == 0 }' "$TMP/means" ||
		bad "$1 is not drawn in its colour: $(cat "$TMP/means")"
}
near vf 10 107 82
near syn 60 95 205
near none 233 155 152
near gap 250 225 223

# On paper.
browse --print-to-pdf="$TMP/report.pdf" --no-pdf-header-footer \
    "file://$TMP/report.html" || bad "print: status $?"
[ "$(head -c 5 "$TMP/report.pdf")" = "%PDF-" ] || bad "no PDF"
if command -v pdftotext >/dev/null; then
	pdftotext -layout "$TMP/report.pdf" "$TMP/paper"
	for text in "Packets missing" "PACKETS MISSING" "no active port" \
	    "11 refused, 12ms" "vf attach vmx0" "Everything that happened"; do
		grep -qi "$text" "$TMP/paper" || bad "not on paper: $text"
	done
	grep -q 'Only rows with' "$TMP/paper" && bad "a field on paper"
fi

# With another script in it the page's own policy must forbid that one.
sed 's|</main>|<script>document.title = "ran";</script></main>|' \
    "$TMP/report.html" >"$TMP/foreign.html"
browse --dump-dom "file://$TMP/foreign.html" | grep -q '<title>ran' &&
	bad "a script from elsewhere ran"
exit $status
