-- SPDX-License-Identifier: BSD-2-Clause
-- From version 1 to 2: routing messages, reached places, single packets,
-- setups, decisions and recorded packets get their tables; run and probe get
-- new columns, and record other checks, so they are built anew. Their text is
-- that of db/schema.sql of version 2 to the letter: a migrated store has the
-- schema of a new one.

DROP VIEW failovers;
DROP VIEW outages;
DROP VIEW verdicts;
DROP VIEW rule_counts;
DROP VIEW timeline;

-- Other tables go on to refer to them by their names, not to the old ones.
PRAGMA legacy_alter_table = ON;
DROP INDEX run_title;
ALTER TABLE run RENAME TO run_1;
ALTER TABLE record RENAME TO record_1;
ALTER TABLE probe RENAME TO probe_1;
PRAGMA legacy_alter_table = OFF;

CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,	-- simulated, replay-open, replay-closed, import,
				-- recorded, capture, flight
	title TEXT NOT NULL,	-- scenario's title or recording's name
	policy TEXT NOT NULL,	-- stock, native or ''
	machine TEXT NOT NULL,	-- machine profile or ''
	source TEXT NOT NULL,	-- file it came from or ''
	version TEXT NOT NULL,	-- of Switchback
	note TEXT NOT NULL,	-- where the facts come from, or ''
	seed INTEGER NOT NULL,	-- 64 bits
	start_ns INTEGER NOT NULL,
	end_ns INTEGER NOT NULL,
	-- 0: it was written piece by piece, and its end has not come: it is
	-- being recorded, or was cut off by a crash.
	complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
	-- Of everything below but source and version: two runs with equal
	-- hashes went the same way. '' of one that was written piece by piece.
	trace_hash TEXT NOT NULL CHECK (length(trace_hash) IN (0, 16))
) STRICT;

INSERT INTO run SELECT id, kind, title, policy, machine, source, version, note,
    seed, start_ns, end_ns, 1, trace_hash FROM run_1;
DROP TABLE run_1;
CREATE INDEX run_title ON run (title);
-- "Which runs went this way?"
CREATE INDEX run_hash ON run (trace_hash);

CREATE TABLE record (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	emit_ns INTEGER NOT NULL,
	read_ns INTEGER,	-- when the engine read it
	fate TEXT NOT NULL CHECK (fate = 'read' OR fate = 'queued'
	    OR fate = 'dropped' OR fate = 'nobody'),
	raw BLOB NOT NULL,	-- without the final newline
	no_newline INTEGER NOT NULL CHECK (no_newline IN (0, 1)),
	kind TEXT NOT NULL CHECK (kind = 'notify' OR kind = 'attach'
	    OR kind = 'detach' OR kind = 'nomatch' OR kind = 'other'),
	system TEXT,
	subsystem TEXT,
	type TEXT,
	device TEXT,		-- of attach and detach
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO record SELECT run, seq, emit_ns, read_ns, fate, raw, no_newline,
    kind, system, subsystem, type, device FROM record_1;
DROP TABLE record_1;

CREATE TABLE probe (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,
	way TEXT NOT NULL,	-- out, in, echo
	period_ns INTEGER NOT NULL,
	first_ns INTEGER NOT NULL, -- when its first packet was sent …
	last_ns INTEGER NOT NULL,  -- … and its last; 0 and 0: not known
	sent INTEGER NOT NULL,
	delivered INTEGER NOT NULL,
	lost INTEGER NOT NULL,
	send_errors INTEGER NOT NULL,
	duplicated INTEGER NOT NULL,
	reordered INTEGER NOT NULL,
	late INTEGER NOT NULL,	-- of the delivered; where there was a bound
	longest_gap_ns INTEGER NOT NULL,
	longest_gap_at_ns INTEGER NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO probe SELECT run, seq, name, way, period_ns, 0, 0, sent, delivered,
    lost, send_errors, duplicated, reordered, 0, longest_gap_ns,
    longest_gap_at_ns FROM probe_1;
DROP TABLE probe_1;

CREATE TABLE hint (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE reach (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,	-- sim/scenario/reach.h
	times INTEGER NOT NULL CHECK (times >= 1),
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE oddity (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	probe INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	number INTEGER NOT NULL, -- the packet's own
	kind TEXT NOT NULL,	-- duplicated, reordered, late
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, probe) REFERENCES probe (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE setup (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	way TEXT NOT NULL CHECK (way IN ('in', 'out')),
	kind TEXT NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE place (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,	-- an interface
	linktype INTEGER NOT NULL, -- LINKTYPE_ of pcap-linktype(7)
	snap_bytes INTEGER NOT NULL, -- no more than these were kept of each
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE packet (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	place INTEGER NOT NULL,
	wire_bytes INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, place) REFERENCES place (run, seq)
) STRICT, WITHOUT ROWID;

CREATE VIEW failovers AS
WITH active AS (
	SELECT run, seq, at_ns, object, value,
	    lag(value) OVER (PARTITION BY run, object ORDER BY seq) AS was,
	    lead(at_ns) OVER (PARTITION BY run, object ORDER BY seq) AS until_ns
	FROM state WHERE field = 'active'
)
SELECT a.run, r.title, r.policy, a.object AS aggregate,
    a.at_ns / 1e9 AS at, coalesce(a.was, 'none') AS "from", a.value AS "to",
    (coalesce(a.until_ns, r.end_ns) - a.at_ns) / 1e9 AS held,
    (SELECT CAST(e.raw AS TEXT) FROM record e
	WHERE e.run = a.run AND e.emit_ns <= a.at_ns
	ORDER BY e.emit_ns DESC, e.seq DESC LIMIT 1) AS record
FROM active a JOIN run r ON r.id = a.run
WHERE a.value <> coalesce(a.was, 'none')
ORDER BY a.run, a.at_ns, a.seq;

CREATE VIEW outages AS
SELECT g.run, r.title, r.policy, p.name AS probe, p.way,
    g.from_ns / 1e9 AS at, (g.to_ns - g.from_ns) / 1e6 AS ms,
    g.count AS missing, g.send_errors AS refused, g.why,
    CASE WHEN s.seq IS NULL THEN NULL
	ELSE s.object || ' ' || s.field || ' ' || s.value END AS state,
    CAST(e.raw AS TEXT) AS record
FROM gap g
JOIN run r ON r.id = g.run
JOIN probe p ON p.run = g.run AND p.seq = g.probe
LEFT JOIN state s ON s.run = g.run AND s.seq = g.state
LEFT JOIN record e ON e.run = g.run AND e.seq = g.record
ORDER BY g.run, g.from_ns, g.seq;

CREATE VIEW verdicts AS
SELECT r.id AS run, r.title, r.policy,
    count(c.seq) FILTER (WHERE c.verdict = 'pass') AS passes,
    count(c.seq) FILTER (WHERE c.verdict = 'fail') AS fails,
    count(c.seq) FILTER (WHERE c.verdict = 'known-fault') AS known_faults,
    count(c.seq) FILTER (WHERE c.verdict = 'mended') AS mended,
    count(c.seq) FILTER (WHERE c.verdict = 'skip') AS skipped
FROM run r LEFT JOIN "check" c ON c.run = r.id
GROUP BY r.id ORDER BY r.id;

CREATE VIEW rule_counts AS
SELECT f.run, r.title, f.file, f.line, f.carried, count(*) AS firings,
    min(f.at_ns) / 1e9 AS first, max(f.at_ns) / 1e9 AS last
FROM firing f JOIN run r ON r.id = f.run
GROUP BY f.run, f.file, f.line, f.carried
ORDER BY f.run, f.file, f.line, f.carried;

CREATE VIEW timeline AS
SELECT run, at_ns / 1e9 AS at, what, text FROM (
	SELECT run, at_ns, 0 AS rank, seq, 'mark' AS what, name AS text
	FROM mark
UNION ALL
	SELECT run, at_ns, 1, seq, 'stimulus', text FROM stimulus
UNION ALL
	SELECT run, emit_ns, 2, seq, 'record', CAST(raw AS TEXT)
	    || iif(fate = 'dropped', ' (dropped)', '') FROM record
UNION ALL
	SELECT run, at_ns, 3, seq, 'rule', file || ':' || line || ' -> '
	    || carried || iif(action = '', '', ': ' || action) FROM firing
UNION ALL
	SELECT run, start_ns, 4, seq, 'operation', text
	    || CASE WHEN end_ns IS NULL THEN ' (not finished)'
		WHEN result <> 0 THEN ' (error ' || result || ')'
		ELSE '' END
	    || iif(why = '', '', ': ' || why) FROM operation
UNION ALL
	SELECT run, start_ns, 5, seq, 'command', text || ' ('
	    || iif(outcome = '', 'not finished', outcome) || ')' FROM command
UNION ALL
	SELECT run, at_ns, 6, seq, 'state', object || ' ' || field || ' '
	    || value FROM state
UNION ALL
	SELECT run, at_ns, 7, seq, 'note', who || ': ' || text FROM note
UNION ALL
	SELECT run, at_ns, 8, seq, 'hint', text FROM hint
UNION ALL
	SELECT run, from_ns, 9, seq, 'gap',
	    printf('%d probes missing for %.3f ms: %s', count,
		(to_ns - from_ns) / 1e6, why) FROM gap
UNION ALL
	SELECT run, at_ns, 10, seq, 'check', verdict || ': ' || text
	FROM "check" WHERE at_ns IS NOT NULL
) ORDER BY run, at_ns, rank, seq;
