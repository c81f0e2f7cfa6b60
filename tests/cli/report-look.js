// SPDX-License-Identifier: BSD-2-Clause
// Looks at an HTML report inside a frame as a person would: reads where things
// are, presses keys, moves the mouse. For t2851-report-browser.sh, which says
// in WANT what must be where. Writes "ok NAME" or "not ok NAME: why" lines, and
// "box KIND x y width height" for the screenshot.
'use strict';
var lines = [], doc, win, frame;

function say(ok, name, why) {
	lines.push((ok ? 'ok ' : 'not ok ') + name + (ok ? '' : ': ' + why));
}
function all(where, what) {
	return Array.prototype.slice.call(where.querySelectorAll(what));
}
function wait(ms) {
	return new Promise(function (done) { setTimeout(done, ms); });
}
function picture(figure, run) {
	return all(doc.getElementById(figure), 'svg.run')[run];
}

// Seconds to pixels, from the axis that people read, not from the code.
function scale(svg) {
	var texts = all(svg, '.axis.top text'), rules = all(svg, '.axis.top line');
	var last = texts.length - 1;
	var x = function (i) {
		var box = rules[i].getBoundingClientRect();
		return box.left + box.width / 2;
	};
	var t0 = +texts[0].textContent, t1 = +texts[last].textContent;
	return function (s) {
		return x(0) + (s - t0) / (t1 - t0) * (x(last) - x(0));
	};
}

// Each wanted stretch has one bar, with its edges where it says.
function bars(name, figure, run, css, want) {
	var svg = picture(figure, run), x = scale(svg);
	var stage = svg.getBoundingClientRect();
	var left = stage.left + +svg.querySelector('.plot').getAttribute('x');
	var have = all(svg, 'rect.' + css).filter(function (e) {
		return e.getAttribute('visibility') !== 'hidden';
	}).map(function (e) { return e.getBoundingClientRect(); });
	want.forEach(function (w) {
		var a = x(w[0]), b = Math.max(x(w[1]), x(w[0]) + 2);
		if (b < left || a > stage.right - 12) return;
		var hit = have.filter(function (box) {
			return (Math.abs(box.left - a) < 1.6 || a < left) &&
			    (Math.abs(box.right - b) < 1.6 || b > stage.right - 12);
		});
		say(hit.length === 1, name + ' ' + css + ' at ' + w[0],
		    'expected ' + a.toFixed(1) + ' to ' + b.toFixed(1) + ' in ' +
		    have.map(function (h) {
			return h.left.toFixed(1) + '-' + h.right.toFixed(1);
		    }).join(' '));
	});
	return have;
}
function everyBar(name) {
	WANT.bars.forEach(function (w) {
		var have = bars(name, 'whole', w.run, w.css, w.at);
		if (name === 'home')
			say(have.length === w.at.length, 'as many ' + w.css +
			    ' as in the store, run ' + w.run,
			    have.length + ', not ' + w.at.length);
	});
}

function press(key, on) {
	on.dispatchEvent(new win.KeyboardEvent('keydown',
	    { key: key, bubbles: true, cancelable: true }));
	return wait(60);
}
function span(f) {
	return +f.getAttribute('data-now-until') - +f.getAttribute('data-now-from');
}

// --- contrast, as WCAG has it ---
function luminance(c) {
	var v = c.match(/[\d.]+/g).slice(0, 3).map(function (n) {
		n = n / 255;
		return n <= 0.03928 ? n / 12.92 : Math.pow((n + 0.055) / 1.055, 2.4);
	});
	return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
}
function color(name) {
	var e = doc.createElement('i'), value;
	e.style.color = win.getComputedStyle(doc.documentElement)
	    .getPropertyValue('--' + name);
	doc.body.appendChild(e);
	value = win.getComputedStyle(e).color;
	e.remove();
	return luminance(value);
}
function contrasts(theme) {
	[['ink', 'paper'], ['ink', 'panel'], ['muted', 'paper'],
	    ['muted', 'panel'], ['on-bar', 'vf'], ['on-bar', 'syn'],
	    ['on-bar', 'syn2'], ['on-bar', 'other'], ['on-bar', 'op'],
	    ['on-cmd', 'cmd'], ['deed', 'paper'], ['good', 'panel'],
	    ['good', 'paper'], ['known', 'panel'], ['known', 'paper'],
	    ['loss', 'panel'], ['loss', 'paper'], ['paper', 'ink']
	].forEach(function (p) {
		var a = color(p[0]), b = color(p[1]);
		var c = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		say(c >= 4.5, theme + ': ' + p[0] + ' on ' + p[1], c.toFixed(2));
	});
}

async function keys() {
	var f = doc.getElementById('whole'), home = span(f), from;
	f.focus();
	await press('+', f);
	await press('+', f);
	say(Math.abs(span(f) * 2.56 / home - 1) < 0.01, '+ zooms in',
	    span(f) + ' of ' + home);
	everyBar('zoomed');
	from = +f.getAttribute('data-now-from');
	await press('ArrowRight', f);
	say(+f.getAttribute('data-now-from') > from, 'right moves on', from);
	everyBar('moved');
	await press('ArrowLeft', f);
	say(Math.abs(+f.getAttribute('data-now-from') - from) < 2,
	    'left moves back', f.getAttribute('data-now-from') + ', ' + from);
	await press('-', f);
	say(Math.abs(span(f) * 1.6 / home - 1) < 0.01, '- zooms out', span(f));
	await press('Home', f);
	say(span(f) === home, 'Home', span(f));
	everyBar('again');
	await press('n', f);
	say(doc.getElementById('details').textContent.length > 5 &&
	    doc.querySelectorAll('.on').length === 1, 'n says what it is',
	    doc.getElementById('details').textContent);
	await press('2', f);
	say(doc.activeElement.id === 'moment-2', '2 goes to a close-up',
	    doc.activeElement.id);
	await press('?', doc.body);
	say(doc.getElementById('help').open, '? helps', 'closed');
	await press('?', doc.body);
	say(!doc.getElementById('help').open, '? closes the help', 'open');
}

async function mouse() {
	var f = doc.getElementById('whole'), home = span(f), box, bar, at, x;
	var stage = f.querySelector('.stage');
	bar = picture('whole', 0).querySelector('rect.b-none[data-a="' +
	    WANT.hover[0] + '"]');
	box = bar.getBoundingClientRect();
	bar.dispatchEvent(new win.PointerEvent('pointermove',
	    { bubbles: true, clientX: box.left, clientY: box.top }));
	say(doc.getElementById('tip').textContent.indexOf(WANT.hover[1]) >= 0,
	    'pointing says what it is', doc.getElementById('tip').textContent);
	f.blur();
	stage.dispatchEvent(new win.WheelEvent('wheel', { bubbles: true,
		cancelable: true, deltaY: -300, clientX: box.left }));
	await wait(60);
	say(span(f) === home, 'the wheel scrolls the page', span(f));
	at = Math.floor(box.left); // the wheel knows whole pixels
	stage.dispatchEvent(new win.WheelEvent('wheel', { bubbles: true,
		cancelable: true, ctrlKey: true, deltaY: -800, clientX: at }));
	await wait(60);
	x = bar.getBoundingClientRect().left;
	at += (box.left - at) * home / span(f);
	say(span(f) < home / 3 && Math.abs(x - at) < 1.6,
	    'Ctrl and the wheel zoom at the pointer', span(f) + ', ' + x +
	    ' not ' + at);
	await press('Home', f);
}

async function filter() {
	var input = doc.getElementById('filter'), rows = all(doc, '#rows tr');
	var want = rows.filter(function (r) {
		return /vmx0/i.test(r.textContent) && /detach/i.test(r.textContent);
	}).length;
	input.value = 'vmx0 detach';
	input.dispatchEvent(new win.Event('input'));
	await wait(30);
	var left = rows.filter(function (r) { return !r.hidden; }).length;
	say(want > 0 && left === want, 'the filter', left + ', not ' + want);
	input.value = '';
	input.dispatchEvent(new win.Event('input'));
	all(doc, '#kinds input').forEach(function (e) {
		if (/packets/.test(e.parentNode.textContent)) return;
		e.click();
	});
	await wait(30);
	left = rows.filter(function (r) { return !r.hidden; });
	say(left.length === WANT.packetRows && left.every(function (r) {
		return r.getAttribute('data-k') === 'packets';
	}), 'kinds', left.length + ', not ' + WANT.packetRows);
	all(doc, '#kinds input').forEach(function (e) {
		if (!e.checked) e.click();
	});
}

function names() {
	say(all(doc, 'svg.run').every(function (e) {
		return e.getAttribute('role') === 'img' &&
		    e.getAttribute('aria-label').length > 40;
	}), 'pictures are told', 'one without a label');
	say(all(doc, 'table').every(function (e) {
		return e.caption && e.caption.textContent;
	}), 'tables have captions', 'one without');
	say(all(doc, 'figure').every(function (e) { return e.tabIndex === 0; }),
	    'pictures take the focus', 'one does not');
	say(all(doc, 'input').every(function (e) {
		return e.labels && e.labels.length === 1;
	}), 'fields have labels', 'one without');
	say(win.performance.getEntriesByType('resource').length === 0,
	    'nothing is fetched', 'something was');
	say(doc.documentElement.getAttribute('data-ready') === 'yes',
	    'the script ran to its end', 'it did not');
}

function boxes() {
	[['vf', 'rect.b-vf', 0], ['syn', 'rect.b-syn', 0],
	    ['none', 'rect.b-none', -1], ['gap', 'rect.b-refused', -1]
	].forEach(function (k) {
		all(picture('moment-2', 0), k[1]).slice(0, 1).forEach(function (e) {
			var b = e.getBoundingClientRect();
			var p = picture('moment-2', 0).querySelector('.plot')
			    .getBoundingClientRect();
			var left = Math.max(b.left, p.left, 0);
			lines.push(['box', k[0], Math.round(left),
				Math.round(b.top), Math.round(b.right - left),
				Math.round(b.height)].join(' '));
		});
	});
}

async function narrow() {
	frame.style.width = '420px';
	win.dispatchEvent(new win.Event('resize'));
	await wait(150);
	say(doc.documentElement.scrollWidth <= 420, 'fits a telephone',
	    doc.documentElement.scrollWidth);
	everyBar('narrow');
}

async function look() {
	frame = document.getElementById('frame');
	win = frame.contentWindow;
	doc = win.document;
	await wait(200);
	names();
	everyBar('home');
	boxes();
	contrasts('light');
	await keys();
	await mouse();
	await filter();
	await press('t', doc.body);
	say(luminance(win.getComputedStyle(doc.documentElement).backgroundColor) <
	    0.1, 't makes it dark', 'it stays light');
	contrasts('dark');
	await press('t', doc.body);
	say(luminance(win.getComputedStyle(doc.documentElement).backgroundColor) >
	    0.9, 't makes it light', 'it stays dark');
	await narrow();
	lines.push('the end');
	document.getElementById('out').textContent = lines.join('\n');
}
window.addEventListener('load', function () {
	look().catch(function (e) {
		lines.push('not ok look: ' + e + ' ' + e.stack);
		document.getElementById('out').textContent = lines.join('\n');
	});
});
