// SPDX-License-Identifier: BSD-2-Clause
// What moves in the HTML report. Everything is drawn already, with its time
// in data-a and data-b; this lays it out for another part of the time or
// another width, shows details, and filters the table. It makes no element
// from text: names come from files that somebody else may have written.
'use strict';
(function () {
var LETTER = 6.3, RIGHT = 12, AXIS = 20, FLAG = 15, DOT_ROOM = 4;
var root = document.documentElement, tip, details, figures = [], active;

function all(where, what) {
	return Array.prototype.slice.call(where.querySelectorAll(what));
}
function number(e, name) { return +e.getAttribute(name); }
function make(name, attributes, parent) {
	var e = document.createElementNS(parent.namespaceURI, name), k;
	for (k in attributes) e.setAttribute(k, attributes[k]);
	parent.appendChild(e);
	return e;
}

// --- scales ---
function step(span, most) {
	var s = 1;
	while (span / s > most) {
		if (span / (s * 2) <= most) return s * 2;
		if (span / (s * 5) <= most) return s * 5;
		s *= 10;
	}
	return s;
}
function seconds(ns, by) {
	var digits = 0;
	while (digits < 9 && by < 1e9) { by *= 10; digits++; }
	return (ns / 1e9).toFixed(digits);
}
function after(ns) {
	var a = Math.abs(ns), sign = ns < 0 ? '\u2212' : '+';
	if (a === 0) return '+0s';
	if (a >= 1e9) return sign + +(a / 1e9).toFixed(9) + 's';
	if (a >= 1e6) return sign + +(a / 1e6).toFixed(6) + 'ms';
	if (a >= 1e3) return sign + +(a / 1e3).toFixed(3) + 'us';
	return sign + a + 'ns';
}

// --- one picture of one run ---
function Picture(figure, svg) {
	this.figure = figure;
	this.svg = svg;
	this.plot = svg.querySelector('.plot');
	this.height = number(svg, 'data-height');
	this.bottom = number(svg, 'data-bottom');
	this.bars = all(svg, 'rect.b').map(function (e) {
		return { e: e, a: number(e, 'data-a'), b: number(e, 'data-b') };
	});
	this.texts = all(svg, 'text.bt').map(function (e) {
		return { e: e, a: number(e, 'data-a'), b: number(e, 'data-b'),
			wide: e.textContent.length * LETTER + 8 };
	});
	this.marks = all(svg, 'use.m[data-a]').map(function (e) {
		return { e: e, a: number(e, 'data-a'),
			n: e.hasAttribute('data-n') ? number(e, 'data-n') : null };
	});
	this.flags = all(svg, 'g.flag').map(function (e) {
		return { e: e, a: number(e, 'data-a'),
			text: e.querySelector('text'),
			use: e.querySelector('use') };
	});
	this.axes = all(svg, 'g.axis').map(function (e) {
		return { e: e, zero: number(e, 'data-zero'),
			low: e.classList.contains('low') };
	});
	this.plots = all(svg, 'g.seq').map(function (e) {
		return new Plot(e, svg);
	});
}
Picture.prototype.lay = function (w, from, until) {
	var gutter = w < 700 ? 92 : 132, wide = w - gutter - RIGHT;
	var x = function (ns) { return (ns - from) / (until - from) * wide; };
	this.svg.setAttribute('viewBox', '0 0 ' + w + ' ' + this.height);
	this.plot.setAttribute('x', gutter);
	this.plot.setAttribute('width', wide);
	all(this.svg, '.names text, .who').forEach(function (e) {
		e.setAttribute('x', gutter - 8);
	});
	this.bars.forEach(function (o) {
		// Far outside, widths beyond what can be drawn help nobody.
		var l = Math.max(x(o.a), -9), r = Math.min(x(o.b), wide + 9);
		var gone = r < -8 || l > wide + 8;
		o.e.setAttribute('visibility', gone ? 'hidden' : 'visible');
		if (gone) return;
		o.e.setAttribute('x', l.toFixed(2));
		o.e.setAttribute('width', Math.max(r - l, 2).toFixed(2));
	});
	this.texts.forEach(function (o) {
		var l = Math.max(x(o.a), 0), r = Math.min(x(o.b), wide);
		var fits = o.wide <= r - l;
		o.e.setAttribute('visibility', fits ? 'visible' : 'hidden');
		if (fits) o.e.setAttribute('x', (l + 4).toFixed(1));
	});
	this.marks.forEach(function (o) {
		o.e.setAttribute('x', x(o.a).toFixed(2));
	});
	this.layFlags(x, wide);
	var me = this;
	this.axes.forEach(function (o) { me.layAxis(o, x, from, until); });
	this.plots.forEach(function (p) { p.lay(x, wide, from, until); });
};
Picture.prototype.layFlags = function (x, wide) {
	var ends = [-1e9, -1e9];
	this.flags.forEach(function (o) {
		var at = x(o.a), row = 0, seen = at > -20 && at < wide + 20;
		o.e.setAttribute('transform', 'translate(' + at.toFixed(2) + ' 0)');
		while (row < 2 && ends[row] > at) row++;
		o.text.setAttribute('visibility',
		    row < 2 && seen ? 'visible' : 'hidden');
		o.text.setAttribute('y', AXIS + 9 + (row % 2) * FLAG);
		o.use.setAttribute('y', AXIS + 4 + (row % 2) * FLAG);
		if (row < 2 && seen)
			ends[row] = at + o.text.textContent.length * LETTER + 16;
	});
};
Picture.prototype.layAxis = function (o, x, from, until) {
	var a = from - o.zero, b = until - o.zero;
	var s = step(b - a, this.svg.clientWidth < 700 ? 5 : 10), at, px, label;
	o.e.textContent = '';
	for (at = Math.floor(a / s) * s; at <= b; at += s) {
		px = x(at + o.zero);
		if (px < -0.5) continue;
		make('line', { x1: px.toFixed(1), x2: px.toFixed(1),
			y1: o.low ? this.bottom - 4 : 0,
			y2: this.bottom + (o.low ? 3 : 0) }, o.e);
		label = make('text', { x: (px + 3).toFixed(1),
			y: (o.low ? this.bottom : 0) + 13 }, o.e);
		label.textContent = o.low ? after(at) : seconds(at, s);
	}
};

// --- a sequence plot: its numbers have a scale too ---
function Plot(g, svg) {
	this.top = number(g, 'data-top');
	this.height = number(g, 'data-height');
	this.pad = number(g, 'data-pad');
	this.dots = g.querySelector('.dots');
	this.legs = all(g, 'line.q').map(function (e) {
		return { e: e, a: number(e, 'data-a'), b: number(e, 'data-b'),
			n: number(e, 'data-n'), m: number(e, 'data-m'),
			missing: e.classList.contains('q-missing'),
			kind: e.getAttribute('data-kind') };
	});
	this.labels = all(g, 'text.gl[data-a]').map(function (e) {
		return { e: e, a: number(e, 'data-a'),
			b: e.hasAttribute('data-b') ? number(e, 'data-b')
			    : number(e, 'data-a'),
			n: number(e, 'data-n'), m: number(e, 'data-m'),
			wide: e.textContent.length * LETTER };
	});
	this.odd = all(g, 'use.m[data-n]').map(function (e) {
		return { e: e, n: number(e, 'data-n') };
	});
	var probe = g.getAttribute('data-probe');
	this.hi = svg.querySelector('.yl[data-probe="' + probe + '"] .hi');
	this.lo = svg.querySelector('.yl[data-probe="' + probe + '"] .lo');
}
Plot.prototype.scale = function (from, until) {
	var lo = Infinity, hi = -Infinity;
	this.legs.forEach(function (o) {
		if (o.b < from || o.a > until) return;
		var at = function (ns) {
			var part = o.b > o.a ? (ns - o.a) / (o.b - o.a) : 0;
			part = Math.min(1, Math.max(0, part));
			return o.n + part * (o.m - o.n);
		};
		lo = Math.min(lo, at(from));
		hi = Math.max(hi, at(until));
	});
	if (lo === Infinity) { lo = 0; hi = 1; }
	return [lo, Math.max(hi, lo + 1)];
};
Plot.prototype.lay = function (x, wide, from, until) {
	var s = this.scale(from, until), lo = s[0], hi = s[1], me = this;
	var y = function (n) {
		return me.top + me.height - me.pad -
		    (n - lo) / (hi - lo) * (me.height - 2 * me.pad);
	};
	if (this.hi) this.hi.textContent = '#' + Math.round(hi);
	if (this.lo) this.lo.textContent = '#' + Math.round(lo);
	this.legs.forEach(function (o) {
		o.e.setAttribute('x1', x(o.a).toFixed(2));
		o.e.setAttribute('x2', x(o.b).toFixed(2));
		o.e.setAttribute('y1', y(o.n).toFixed(2));
		o.e.setAttribute('y2', y(o.m).toFixed(2));
	});
	this.odd.forEach(function (o) {
		o.e.setAttribute('y', y(o.n).toFixed(2));
	});
	this.labels.forEach(function (o) {
		var l = x(o.a), r = x(o.b);
		var inside = o.wide + 10 < Math.min(r, wide) - Math.max(l, 0);
		var end = !inside && r + o.wide + 8 > wide;
		var at = inside ? y(o.m) + 4 : y(o.n) + (end ? -6 : 14);
		at = Math.min(Math.max(at, me.top + 12), me.top + me.height - 3);
		o.e.setAttribute('x', (inside ? Math.max(l, 0) + 5
		    : end ? l - 5 : r + 5).toFixed(1));
		o.e.setAttribute('y', at.toFixed(1));
		o.e.setAttribute('text-anchor', end ? 'end' : 'start');
		o.e.setAttribute('visibility',
		    !inside && ((end && l - o.wide < 0) || l < 0 || r > wide)
		    ? 'hidden' : 'visible');
	});
	this.layDots(x, y, wide, hi - lo <= 400);
};
Plot.prototype.layDots = function (x, y, wide, room) {
	var g = this.dots;
	g.textContent = '';
	if (!room) return;
	this.legs.forEach(function (o) {
		var first = x(o.a);
		var by = o.m > o.n ? (x(o.b) - first) / (o.m - o.n) : wide;
		var n = first < 0 ? o.n + Math.ceil(-first / by) : o.n, px;
		if (by < DOT_ROOM) return;
		for (; n <= o.m; n++) {
			px = first + (n - o.n) * by;
			if (px > wide) break;
			if (o.missing)
				make('use', { href: '#m-' + o.kind,
					'class': 'm m-' + o.kind,
					x: px.toFixed(1), y: y(n).toFixed(1) }, g);
			else
				make('circle', { 'class': 'dot', r: 1.7,
					cx: px.toFixed(1), cy: y(n).toFixed(1) }, g);
		}
	});
};

// --- a figure: pictures that share their time ---
function Figure(e) {
	var me = this;
	this.e = e;
	this.home = [number(e, 'data-from'), number(e, 'data-until')];
	this.from = this.home[0];
	this.until = this.home[1];
	this.base = number(e, 'data-base');
	this.stage = e.querySelector('.stage');
	this.pictures = all(e, 'svg.run').map(function (svg) {
		return new Picture(me, svg);
	});
	this.at = -1;
	e.classList.add('live');
	e.tabIndex = 0;
	e.setAttribute('role', 'group');
	e.setAttribute('aria-label', e.querySelector('figcaption').textContent +
	    '. Zoom with plus and minus, move with the arrow keys, step through ' +
	    'what is drawn with n and p.');
	this.addTools();
	this.listen();
}
Figure.prototype.addTools = function () {
	var bar = document.createElement('span'), me = this;
	this.span = document.createElement('span');
	this.span.className = 'span';
	this.e.querySelector('figcaption').appendChild(this.span);
	bar.className = 'tools';
	[['\u2212', 'zoom out', function () { me.zoom(1.6); }],
	    ['+', 'zoom in', function () { me.zoom(1 / 1.6); }],
	    ['\u2190', 'earlier', function () { me.pan(-0.25); }],
	    ['\u2192', 'later', function () { me.pan(0.25); }],
	    ['reset', 'as it was', function () { me.show(me.home[0], me.home[1]); }]
	].forEach(function (b) {
		var button = document.createElement('button');
		button.type = 'button';
		button.textContent = b[0];
		button.title = b[1];
		button.setAttribute('aria-label', b[1]);
		button.addEventListener('click', b[2]);
		bar.appendChild(button);
	});
	this.e.querySelector('figcaption').appendChild(bar);
};
Figure.prototype.width = function () {
	return this.printing || Math.max(320, this.stage.clientWidth);
};
Figure.prototype.lay = function () {
	var w = this.width(), me = this;
	this.pictures.forEach(function (p) { p.lay(w, me.from, me.until); });
	this.span.textContent = seconds(this.from + this.base,
	    (this.until - this.from) / 100) + ' to ' +
	    seconds(this.until + this.base, (this.until - this.from) / 100) +
	    ' s (' + after(+(this.until - this.from).toPrecision(3)).slice(1) + ')';
	this.e.setAttribute('data-now-from', this.from);
	this.e.setAttribute('data-now-until', this.until);
};
Figure.prototype.show = function (from, until) {
	var whole = figures[0].home, span = Math.max(until - from, 2000);
	var most = Math.max(whole[1], this.home[1]);
	var least = Math.min(whole[0], this.home[0]);
	span = Math.min(span, most - least);
	from = Math.min(Math.max(from, least), most - span);
	this.from = from;
	this.until = from + span;
	this.layOnce();
};
// Many moves of the mouse come for one picture on the screen. Where nobody
// draws any, a timer does.
Figure.prototype.layOnce = function () {
	var me = this;
	if (this.queued) return;
	this.queued = true;
	var lay = function () {
		if (!me.queued) return;
		me.queued = false;
		me.lay();
	};
	window.requestAnimationFrame(lay);
	window.setTimeout(lay, 40);
};
// Keeps the moment at the part (0 to 1) of the width where it is.
Figure.prototype.zoom = function (by, part) {
	var span = this.until - this.from, p = part === undefined ? 0.5 : part;
	var at = this.from + span * p;
	this.show(at - span * by * p, at + span * by * (1 - p));
};
Figure.prototype.pan = function (part) {
	var by = (this.until - this.from) * part;
	this.show(this.from + by, this.until + by);
};
Figure.prototype.part = function (clientX) {
	var box = this.pictures[0].plot.getBoundingClientRect();
	var svg = this.pictures[0].svg.getBoundingClientRect();
	var gutter = number(this.pictures[0].plot, 'x');
	var wide = number(this.pictures[0].plot, 'width');
	return Math.min(1, Math.max(0,
	    (clientX - svg.left - gutter) / (wide || box.width)));
};
Figure.prototype.listen = function () {
	var me = this, drag = null;
	this.e.addEventListener('focusin', function () { active = me; });
	this.stage.addEventListener('wheel', function (ev) {
		var mine = ev.ctrlKey || ev.metaKey ||
		    me.e.contains(document.activeElement);
		if (!mine) return;
		ev.preventDefault();
		if (Math.abs(ev.deltaX) > Math.abs(ev.deltaY) || ev.shiftKey)
			me.pan((ev.deltaX || ev.deltaY) / 900);
		else
			me.zoom(Math.exp(ev.deltaY / 420), me.part(ev.clientX));
	}, { passive: false });
	this.stage.addEventListener('pointerdown', function (ev) {
		if (ev.button !== 0) return;
		me.e.focus({ preventScroll: true });
		drag = { x: ev.clientX, from: me.from, until: me.until };
		me.stage.setPointerCapture(ev.pointerId);
	});
	this.stage.addEventListener('pointermove', function (ev) {
		if (!drag) return;
		var wide = number(me.pictures[0].plot, 'width');
		var by = (drag.x - ev.clientX) / wide * (drag.until - drag.from);
		me.show(drag.from + by, drag.until + by);
	});
	['pointerup', 'pointercancel'].forEach(function (name) {
		me.stage.addEventListener(name, function () { drag = null; });
	});
	this.stage.addEventListener('dblclick', function (ev) {
		me.zoom(0.4, me.part(ev.clientX));
	});
};
// Steps to the next thing that is in view and says what it is.
Figure.prototype.next = function (by) {
	var from = this.from, until = this.until, items = [];
	this.pictures.forEach(function (p) {
		all(p.svg, 'rect.b, use.m[data-d], g.flag').forEach(function (e) {
			var a = number(e, 'data-a');
			var b = e.hasAttribute('data-b') ? number(e, 'data-b') : a;
			if (b >= from && a <= until && e.hasAttribute('data-d'))
				items.push({ e: e, a: a });
		});
	});
	items.sort(function (p, q) { return p.a - q.a; });
	if (items.length === 0) return;
	this.at = (this.at + by + items.length) % items.length;
	all(document, '.on').forEach(function (e) { e.classList.remove('on'); });
	items[this.at].e.classList.add('on');
	details.textContent = items[this.at].e.getAttribute('data-d');
};

// --- details ---
function takeTitles() {
	all(document, 'svg.run title').forEach(function (t) {
		t.parentNode.setAttribute('data-d', t.textContent);
		t.parentNode.removeChild(t);
	});
}
function hover(ev) {
	var e = ev.target.closest ? ev.target.closest('[data-d]') : null;
	if (!e) { tip.hidden = true; return; }
	tip.textContent = e.getAttribute('data-d');
	tip.hidden = false;
	tip.style.left = Math.max(4, Math.min(ev.clientX + 14,
	    window.innerWidth - tip.offsetWidth - 8)) + 'px';
	tip.style.top = (ev.clientY + 18 + tip.offsetHeight > window.innerHeight
	    ? ev.clientY - tip.offsetHeight - 10 : ev.clientY + 18) + 'px';
}

// --- the table of events ---
function Filter(form) {
	var me = this, box = document.getElementById('kinds'), seen = {};
	this.rows = all(document, '#rows tr').map(function (e) {
		return { e: e, kind: e.getAttribute('data-k'),
			text: e.textContent.toLowerCase() };
	});
	this.words = document.getElementById('filter');
	this.shown = document.getElementById('shown');
	this.off = {};
	this.rows.forEach(function (r) {
		if (seen[r.kind]) return;
		seen[r.kind] = true;
		var label = document.createElement('label');
		var check = document.createElement('input');
		check.type = 'checkbox';
		check.checked = true;
		check.addEventListener('change', function () {
			me.off[r.kind] = !check.checked;
			me.apply();
		});
		label.appendChild(check);
		label.appendChild(document.createTextNode(' ' + r.kind));
		box.appendChild(label);
	});
	form.hidden = false;
	form.addEventListener('submit', function (ev) { ev.preventDefault(); });
	this.words.addEventListener('input', function () { me.apply(); });
}
Filter.prototype.apply = function () {
	var words = this.words.value.toLowerCase().split(/\s+/), n = 0, me = this;
	this.rows.forEach(function (r) {
		var hit = !me.off[r.kind] && words.every(function (w) {
			return r.text.indexOf(w) >= 0;
		});
		r.e.hidden = !hit;
		if (hit) n++;
	});
	this.shown.textContent = n + ' of ' + this.rows.length + ' rows';
};
function goTo(ns) {
	var f = figures[0], span = Math.min(f.until - f.from, 2e8);
	f.show(ns - span / 2, ns + span / 2);
	f.e.scrollIntoView({ block: 'start' });
	active = f;
}

// --- keys ---
function figureInView() {
	var best = figures[0], least = Infinity;
	if (active && active.e.contains(document.activeElement)) return active;
	figures.forEach(function (f) {
		var box = f.e.getBoundingClientRect();
		var off = Math.abs((box.top + box.bottom) / 2 - window.innerHeight / 2);
		if (off < least) { least = off; best = f; }
	});
	return best;
}
function toggleTheme() {
	var dark = root.getAttribute('data-theme') === 'dark' ||
	    (!root.hasAttribute('data-theme') &&
	    window.matchMedia('(prefers-color-scheme: dark)').matches);
	root.setAttribute('data-theme', dark ? 'light' : 'dark');
}
function help() {
	var box = document.getElementById('help');
	if (box.open) box.close(); else box.showModal();
}
function key(ev) {
	var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(ev.target.tagName);
	var f, goal;
	if (ev.ctrlKey || ev.metaKey || ev.altKey) return;
	if (ev.key === 'Escape') {
		details.textContent = '';
		if (typing) ev.target.blur();
		return;
	}
	if (typing && ev.target.type !== 'checkbox') return;
	if (document.getElementById('help').open && ev.key !== '?') return;
	f = figureInView();
	if (!f) return;
	switch (ev.key) {
	case '+': case '=': f.zoom(1 / 1.6); break;
	case '-': case '\u2212': f.zoom(1.6); break;
	case 'ArrowLeft': f.pan(-0.2); break;
	case 'ArrowRight': f.pan(0.2); break;
	case 'Home': f.show(f.home[0], f.home[1]); break;
	case 'n': f.next(1); break;
	case 'p': f.next(-1); break;
	case 't': toggleTheme(); break;
	case '?': help(); break;
	case '/': document.getElementById('filter').focus(); break;
	default:
		if (!/^[0-9]$/.test(ev.key) || !figures[+ev.key]) return;
		goal = figures[+ev.key];
		goal.e.scrollIntoView({ block: 'center' });
		goal.e.focus({ preventScroll: true });
	}
	ev.preventDefault();
}

function layAll() { figures.forEach(function (f) { f.lay(); }); }
function start() {
	tip = document.getElementById('tip');
	details = document.getElementById('details');
	takeTitles();
	figures = all(document, 'figure.chart').map(function (e) {
		return new Figure(e);
	});
	document.querySelector('.buttons').hidden = false;
	document.getElementById('theme').addEventListener('click', toggleTheme);
	document.getElementById('help-button').addEventListener('click', help);
	document.addEventListener('keydown', key);
	document.addEventListener('pointermove', hover);
	document.getElementById('rows').addEventListener('click', function (ev) {
		var row = ev.target.closest('tr');
		if (row && !String(window.getSelection())) goTo(number(row, 'data-a'));
	});
	window.addEventListener('resize', layAll);
	window.addEventListener('beforeprint', function () {
		figures.forEach(function (f) { f.printing = 1030; f.lay(); });
		document.querySelector('.legend').open = true;
	});
	window.addEventListener('afterprint', function () {
		figures.forEach(function (f) { f.printing = 0; f.lay(); });
	});
	new Filter(document.querySelector('form.filter'));
	layAll();
	root.setAttribute('data-ready', 'yes');
}
start();
}());
