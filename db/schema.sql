-- SPDX-License-Identifier: BSD-2-Clause
-- The store, version 2. One file, any number of runs (db/store.h).
--
-- Times are nanoseconds on the run's own clock: virtual time from 0 in a
-- simulated run, the recording's clock in an imported one. A time that has not
-- come is NULL. Rows of one run are numbered from 0 in the order in which they
-- were added (seq); a reference to another row of the same run is its seq.
-- Numbers of 64 bits without a sign are stored as the signed number of the
-- same bits.
--
-- Runs in one transaction, into an empty file only.

PRAGMA application_id = 0x5377426b; -- "SwBk"
PRAGMA user_version = 2;

-- Which schema this is and which program made it. user_version is what is
-- decided on; this row is for people and for a later repair.
CREATE TABLE version (
	only INTEGER PRIMARY KEY CHECK (only = 1),
	schema INTEGER NOT NULL CHECK (schema >= 1),
	made_by TEXT NOT NULL
) STRICT;

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

CREATE INDEX run_title ON run (title);
-- "Which runs went this way?"
CREATE INDEX run_hash ON run (trace_hash);

-- One devctl record each. The bytes are what counts; the fields beside them
-- are what the decoder of that day made of them, for queries. Their words are
-- checked one by one: for a longer IN list, SQLite would build a table for
-- each row that is added, which costs four times the row.
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

-- Lines of an imported recording which are no records, or records written in
-- another way than ours, so that it can be exported byte by byte: the bytes
-- stand before record number `before` and instead of `covers` records.
CREATE TABLE verbatim (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	before INTEGER NOT NULL CHECK (before >= 0),
	covers INTEGER NOT NULL CHECK (covers >= 0),
	bytes BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- A rule that ran for a record.
CREATE TABLE firing (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	record INTEGER,
	file TEXT NOT NULL,
	line INTEGER NOT NULL CHECK (line >= 0),
	action TEXT NOT NULL,	-- expanded
	carried TEXT NOT NULL,	-- who took it: controller, command, none
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, record) REFERENCES record (run, seq)
) STRICT, WITHOUT ROWID;

-- A change which our engine made to the system.
CREATE TABLE operation (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	start_ns INTEGER NOT NULL,
	end_ns INTEGER,
	text TEXT NOT NULL,	-- "lagg0 port-add mce0"
	why TEXT NOT NULL,
	result INTEGER NOT NULL, -- 0 or the FreeBSD errno
	record INTEGER,
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, record) REFERENCES record (run, seq)
) STRICT, WITHOUT ROWID;

-- A process, of ours or of a rule's action.
CREATE TABLE command (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	start_ns INTEGER NOT NULL,
	end_ns INTEGER,
	text TEXT NOT NULL,
	outcome TEXT NOT NULL,	-- "exit 0", "timeout", …; '' while open
	record INTEGER,
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, record) REFERENCES record (run, seq)
) STRICT, WITHOUT ROWID;

-- A field of an object took a value (fields: db/trace.h).
CREATE TABLE state (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	object TEXT NOT NULL,
	field TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- A named moment.
CREATE TABLE mark (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- What the outside world did.
CREATE TABLE stimulus (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	text TEXT NOT NULL,
	line INTEGER NOT NULL CHECK (line >= 0), -- in the scenario, or 0
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Log lines.
CREATE TABLE note (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	who TEXT NOT NULL,	-- engine, kernel, host
	text TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- A message of the routing socket, or of rtnetlink, in the words of
-- sim/machine/machine.h: "IFINFO lagg0 up link-up".
CREATE TABLE hint (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- A place of the machine's model that the run came through, and how often.
CREATE TABLE reach (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,	-- sim/scenario/reach.h
	times INTEGER NOT NULL CHECK (times >= 1),
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- One direction of one packet stream.
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

-- A run of missing probes, with what explains it.
CREATE TABLE gap (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	probe INTEGER NOT NULL,
	first_seq INTEGER NOT NULL, -- the probe's own number
	count INTEGER NOT NULL,
	send_errors INTEGER NOT NULL,
	from_ns INTEGER NOT NULL,
	to_ns INTEGER NOT NULL,
	why TEXT NOT NULL,
	state INTEGER,		-- row that began it
	record INTEGER,		-- record that explains it
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, probe) REFERENCES probe (run, seq),
	FOREIGN KEY (run, state) REFERENCES state (run, seq),
	FOREIGN KEY (run, record) REFERENCES record (run, seq)
) STRICT, WITHOUT ROWID;

-- A single packet that is worth a mark. At most some thousands of a stream;
-- the stream's own numbers are the truth.
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

-- What an engine began with: its rules, rc.conf and settings
-- (core/decision.h), so that its decisions can be made again.
CREATE TABLE setup (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	name TEXT NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- All that the engine's core was told ("in") and what it answered ("out"), in
-- this order (core/decision.h).
CREATE TABLE decision (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	at_ns INTEGER NOT NULL,
	way TEXT NOT NULL CHECK (way IN ('in', 'out')),
	kind TEXT NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Where packets were seen, and the packets, as they were recorded.
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

-- One expectation, judged.
CREATE TABLE "check" (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	seq INTEGER NOT NULL CHECK (seq >= 0),
	file TEXT NOT NULL,
	line INTEGER NOT NULL CHECK (line >= 0),
	text TEXT NOT NULL,
	verdict TEXT NOT NULL CHECK (verdict IN
	    ('pass', 'fail', 'known-fault', 'mended', 'skip')),
	expected TEXT NOT NULL,
	happened TEXT NOT NULL,
	reason TEXT NOT NULL,	-- of a known fault
	at_ns INTEGER,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Views: the questions people ask. Times in them are seconds.

-- When did an aggregate change its active port, from which to which, how long
-- did the new one hold, and which record was the last before it?
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

-- When did no packet come through, for how long, and why?
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

-- How did each run do?
CREATE VIEW verdicts AS
SELECT r.id AS run, r.title, r.policy,
    count(c.seq) FILTER (WHERE c.verdict = 'pass') AS passes,
    count(c.seq) FILTER (WHERE c.verdict = 'fail') AS fails,
    count(c.seq) FILTER (WHERE c.verdict = 'known-fault') AS known_faults,
    count(c.seq) FILTER (WHERE c.verdict = 'mended') AS mended,
    count(c.seq) FILTER (WHERE c.verdict = 'skip') AS skipped
FROM run r LEFT JOIN "check" c ON c.run = r.id
GROUP BY r.id ORDER BY r.id;

-- Which rules ran, how often, and who took their actions?
CREATE VIEW rule_counts AS
SELECT f.run, r.title, f.file, f.line, f.carried, count(*) AS firings,
    min(f.at_ns) / 1e9 AS first, max(f.at_ns) / 1e9 AS last
FROM firing f JOIN run r ON r.id = f.run
GROUP BY f.run, f.file, f.line, f.carried
ORDER BY f.run, f.file, f.line, f.carried;

-- Everything that happened in a run, in the order in which it did.
-- SELECT at, what, text FROM timeline WHERE run = 1
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
