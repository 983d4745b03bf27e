-- Records what ddbplan needs from one PostgreSQL database, version 13 or later.
--
--   psql -X -q -f capture.sql -d DATABASE > capture.jsonl
--
-- It only reads: the session is read-only, every statement has a time limit, and
-- nothing is held open between readings. Names are looked up in pg_catalog only,
-- so no object that another role made is run in place of a system function.
--
-- What leaves the server: names of tables, columns and indexes; definitions of
-- defaults, index predicates and constraints as they are written; triggers, and
-- trigger functions in PL/pgSQL, without their string constants; labels of enum
-- types; counters, sizes, lengths of values, and how often the most frequent
-- values come (the counts, not the values); and texts of statements once each,
-- with constants replaced by $1, $2, ... by pg_stat_statements and without
-- comments, save those that name a controller, action or job. A text that holds a
-- constant all the same, and that of every utility statement (CREATE ROLE, COPY,
-- ...), leaves as its command tag.
--
-- Needs the extension pg_stat_statements, the role pg_monitor, and SELECT on the
-- tables whose lengths are to be sampled (pg_read_all_data has it). A role that is
-- no superuser is enough, and better: to plan a query on a table is to trust its
-- owner, so a superuser samples only what superusers own. Where the role may SET
-- pg_stat_statements.track, its own statements are not counted. Connect to the
-- server itself or through a pooler in session mode. Interrupt it when you like:
-- what was written up to then can be used.

-- Seconds between two readings; the pauses at the end are as long.
\set every 60
-- Rows to sample of each table; 0 to sample none. Sampling ends after these
-- seconds, whatever is left. `true` if every role that owns a table is trusted
-- with the rights of the role that records.
\set sample_rows 10000
\set sample_seconds 600
\set trust_owners false

\set QUIET on
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
\pset pager off
\timing off
SET ROLE NONE;
SET search_path = pg_catalog, pg_temp;
SET default_transaction_isolation = 'read committed';
SET default_transaction_deferrable = off;
SET default_transaction_read_only = on;
SET standard_conforming_strings = on;
SET lock_timeout = '1s';
SET statement_timeout = '30s';
SET row_security = off;
SET constraint_exclusion = off;
SET max_parallel_workers_per_gather = 0;
SET extra_float_digits = 1;
SET datestyle = 'ISO, YMD';
SET jit = off;
SET work_mem = '16MB';
SET quote_all_identifiers = off;
SET application_name = 'ddbplan capture';
-- What the session notes for itself starts empty, whatever the database presets.
SET ddbplan.done = '';
SET ddbplan.read_at = '';
SET ddbplan.statements = '';
SET ddbplan.texts = '';
SET ddbplan.table_counters = '';
SET ddbplan.index_counters = '';
-- UTF-8, except from a database without an encoding, whose bytes may be none:
-- such a one is read as it is, and what is not ASCII written as question marks.
-- The session is idle between readings and long: limits on that would end it. Its
-- own statements need not be counted, where the role may say so.
SELECT FROM pg_catalog.pg_settings s WHERE CASE
  WHEN s.name = 'client_encoding' THEN pg_catalog.set_config(s.name, CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, false)
  WHEN s.name IN ('idle_session_timeout', 'transaction_timeout') THEN pg_catalog.set_config(s.name, '0', false)
  WHEN s.name = 'pg_stat_statements.track' AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = session_user)
    THEN pg_catalog.set_config(s.name, 'none', false)
  ELSE '' END IS NULL;

DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_stat_statements') THEN RAISE EXCEPTION 'nothing was recorded: the extension pg_stat_statements is not in the database %', pg_catalog.current_database() USING HINT = 'add pg_stat_statements to shared_preload_libraries, restart the server, and run CREATE EXTENSION pg_stat_statements in this database'; END IF; END $$;
DO $$ BEGIN IF NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') THEN RAISE WARNING 'the role % does not see the statements of other roles: they will be missing', current_user USING HINT = 'GRANT pg_monitor TO the role, then record again'; END IF; END $$;
SELECT n.nspname AS home FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid AND d.deptype = 'e'
JOIN pg_catalog.pg_proc p ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = d.objid
  AND p.proname = 'pg_stat_statements' AND p.pronargs = 1
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE e.extname = 'pg_stat_statements' \gset
-- Says what is wrong now rather than at every reading.
SELECT pg_catalog.count(*) AS held FROM :"home".pg_stat_statements(false) \gset
SELECT EXISTS (SELECT FROM pg_catalog.pg_extension e
         JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid AND d.deptype = 'e'
         JOIN pg_catalog.pg_class c ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.objid
         WHERE e.extname = 'pg_stat_statements' AND c.relname = 'pg_stat_statements_info' AND c.relkind = 'v') AS has_info,
       pg_catalog.to_regclass('pg_catalog.pg_stat_wal') IS NOT NULL AS has_wal \gset
-- Around each line that is written.
SELECT CASE WHEN pg_catalog.getdatabaseencoding() = 'SQL_ASCII' THEN 'pg_catalog.regexp_replace((' ELSE '(' END AS open,
       CASE WHEN pg_catalog.getdatabaseencoding() = 'SQL_ASCII' THEN ')::pg_catalog.text, ''[^\x01-\x7F]'', ''?'', ''g'')' ELSE ')::pg_catalog.text' END AS close FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset

-- Tables of users, each with what its partitions are. Where an expression of a
-- table, of its indexes or of its statistics calls a function of another role,
-- planning a query on the table may run that function: such tables are not
-- sampled. Neither are those with foreign tables below them, nor those whose
-- partitions and indexes would fill the server's lock table.
SELECT $q$(WITH RECURSIVE tables AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relispartition FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'),
  tree AS (
    SELECT t.oid AS root, t.oid AS relid FROM tables t
    UNION SELECT tree.root, i.inhrelid FROM tree JOIN pg_catalog.pg_inherits i ON i.inhparent = tree.relid
      JOIN tables t ON t.oid = tree.root AND t.relkind = 'p'),
  parts AS (
    SELECT relid, relid AS part, 'pg_catalog.pg_class'::pg_catalog.regclass AS class FROM tree
    UNION SELECT i.indrelid, i.indexrelid, 'pg_catalog.pg_class' FROM pg_catalog.pg_index i
    UNION SELECT x.stxrelid, x.oid, 'pg_catalog.pg_statistic_ext' FROM pg_catalog.pg_statistic_ext x),
  called AS (
    SELECT p.relid, coalesce(o.oprcode::pg_catalog.oid, d.refobjid) AS function FROM parts p
    JOIN pg_catalog.pg_depend d ON d.classid = p.class AND d.objid = p.part
    LEFT JOIN pg_catalog.pg_operator o ON d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND o.oid = d.refobjid
    WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass)),
  other_code AS (
    SELECT DISTINCT called.relid FROM called JOIN pg_catalog.pg_proc p ON p.oid = called.function
    JOIN pg_catalog.pg_roles r ON r.oid = p.proowner WHERE NOT r.rolsuper AND r.rolname <> session_user),
  indexes AS (
    SELECT i.indrelid, pg_catalog.count(*) AS held FROM pg_catalog.pg_index i GROUP BY i.indrelid),
  wholes AS (
    SELECT tree.root, pg_catalog.bool_or(o.relid IS NOT NULL) AS runs_code, pg_catalog.bool_or(c.relkind = 'f') AS is_foreign,
      pg_catalog.bool_and(r.rolsuper OR r.rolname = session_user) AS is_own,
      1 + pg_catalog.count(*) + coalesce(pg_catalog.sum(i.held), 0) AS locks,
      greatest(pg_catalog.sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r'), 1) AS estimate
    FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.relid JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
    LEFT JOIN other_code o ON o.relid = tree.relid LEFT JOIN indexes i ON i.indrelid = tree.relid GROUP BY tree.root)
  SELECT t.*, pg_catalog.has_table_privilege(t.oid, 'SELECT') AS may_read, w.runs_code, w.is_foreign, w.locks, w.estimate,
    w.is_own OR $q$ || :'trust_owners' || $q$ OR NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = session_user) AS is_trusted
  FROM tables t JOIN wholes w ON w.root = t.oid)$q$ AS tables,
-- What has been read so far is noted in the session: a statement that fails
-- takes its note back.
  $q$pg_catalog.current_setting('ddbplan.done', true)$q$ AS done,
  $q$(SELECT d.name FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('ddbplan.done', true), ' ')) d(name))$q$ AS all_done,
-- Columns that are of use; the rest changes with every call and says nothing.
  $q$ARRAY['query', 'plans', 'min_plan_time', 'max_plan_time', 'mean_plan_time', 'stddev_plan_time', 'max_exec_time',
    'mean_exec_time', 'stddev_exec_time', 'minmax_stats_since', 'local_blks_hit', 'local_blks_read', 'local_blks_dirtied',
    'local_blks_written', 'local_blk_read_time', 'local_blk_write_time', 'temp_blk_read_time', 'temp_blk_write_time',
    'jit_functions', 'jit_generation_time', 'jit_inlining_count', 'jit_inlining_time', 'jit_optimization_count',
    'jit_optimization_time', 'jit_emission_count', 'jit_emission_time', 'jit_deform_count', 'jit_deform_time',
    'parallel_workers_to_launch', 'parallel_workers_launched']$q$ AS unused FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset

-- A table with its sizes, columns, constraints, indexes and triggers; without
-- what needs a lock on it where the second argument is false.
SELECT $q$SELECT $q$ || :'open' || $q$x.line$q$ || :'close' || $q$ FROM (
  SELECT 1 AS part, '' AS name, 0 AS place, pg_catalog.json_build_object('kind', 'table', 'row', pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'relkind', c.relkind, 'reltuples', c.reltuples,
    'heap_bytes', CASE WHEN %2$s THEN pg_catalog.pg_relation_size(c.oid) END, 'index_bytes', CASE WHEN %2$s THEN pg_catalog.pg_indexes_size(c.oid) END,
    'toast_bytes', CASE WHEN %2$s THEN CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_catalog.pg_total_relation_size(c.reltoastrelid) END END,
    'reloptions', pg_catalog.array_to_string(c.reloptions, ','),
    'partition_of', (SELECT pg_catalog.format('%%I.%%I', pn.nspname, pc.relname) FROM pg_catalog.pg_inherits p JOIN pg_catalog.pg_class pc ON pc.oid = p.inhparent
       JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace WHERE p.inhrelid = c.oid AND c.relispartition))) AS line
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = %1$s
  UNION ALL SELECT 2, '', a.attnum, pg_catalog.json_build_object('kind', 'column', 'row', pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'attnum', a.attnum, 'column', a.attname,
    'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull, 'attidentity', a.attidentity,
    'default', CASE WHEN %2$s THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END))
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid = %1$s
  UNION ALL SELECT 3, o.conname, 0, pg_catalog.json_build_object('kind', 'constraint', 'row', pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'conname', o.conname, 'contype', o.contype, 'def', pg_catalog.pg_get_constraintdef(o.oid)))
  FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE o.contype IN ('p', 'u', 'f') AND c.oid = %1$s
  UNION ALL SELECT 4, x.relname, 0, pg_catalog.json_build_object('kind', 'index', 'row', pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'index', x.relname, 'indisprimary', i.indisprimary, 'indisvalid', i.indisvalid,
    'reltuples', x.reltuples, 'bytes', CASE WHEN %2$s THEN pg_catalog.pg_relation_size(x.oid) END, 'def', pg_catalog.pg_get_indexdef(x.oid)))
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = %1$s AND %2$s
  UNION ALL SELECT 5, t.tgname, 0, pg_catalog.json_build_object('kind', 'trigger', 'row', pg_catalog.json_build_object(
    'schema', n.nspname, 'table', c.relname, 'trigger', t.tgname, 'def',
    pg_catalog.regexp_replace(pg_catalog.pg_get_triggerdef(t.oid), '("([^"]|"")*")|E?''([^'']|'''')*''', '\1', 'g')))
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT t.tgisinternal AND c.oid = %1$s AND (%2$s OR t.tgqual IS NULL)
  UNION ALL SELECT 6, '', 0, NULL WHERE %2$s AND pg_catalog.set_config('ddbplan.done', pg_catalog.concat($q$ || :'done' || $q$, ' catalog/', %1$s), false) IS NULL) AS x
  ORDER BY x.part, x.name, x.place$q$ AS describe FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset

-- Which tables are sampled, until when, and how a value becomes text: one of a
-- type that a user made is printed, not cast, for casts may run code. Of values
-- over 1 MB the length as stored will do: no item holds them.
SELECT pg_catalog.format('pg_catalog.clock_timestamp() < %L::pg_catalog.timestamptz', pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => :sample_seconds)) AS in_time,
  $q$t.may_read AND t.is_trusted AND NOT t.runs_code AND NOT t.is_foreign AND t.locks <= 500 AND NOT t.relispartition$q$ AS sampled,
  $q$pg_catalog.format('%s%I.%I AS s TABLESAMPLE SYSTEM (%s) REPEATABLE (1)', CASE t.relkind WHEN 'r' THEN 'ONLY ' END, t.nspname, t.relname,
    least(100, greatest(0.0001, 100.0 * $q$ || :sample_rows || $q$ / t.estimate::pg_catalog.float8))::pg_catalog.numeric(10, 4))$q$ AS sample,
  $q$CASE WHEN ty.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN pg_catalog.format('s.%I::pg_catalog.text', a.attname)
    ELSE pg_catalog.format($x$CASE WHEN pg_catalog.num_nulls(s.%1$I) = 0 THEN pg_catalog.format('%%s', s.%1$I) END$x$, a.attname) END$q$ AS as_text,
-- Where statements of the session are counted, they may displace others: then
-- only as many tables are sampled as leave room.
  $q$CASE WHEN pg_catalog.current_setting('pg_stat_statements.track') <> 'none'
    THEN greatest(0, (pg_catalog.current_setting('pg_stat_statements.max')::pg_catalog.int4 - $q$ || :held || $q$) / 4) END$q$ AS room FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset
SELECT $q$CASE WHEN ty.typname = 'bytea' AND ty.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN pg_catalog.format('2 + 2 * pg_catalog.octet_length(s.%I)', a.attname)
  ELSE pg_catalog.format('CASE WHEN pg_catalog.pg_column_size(s.%1$I) < 1000000 THEN pg_catalog.octet_length(%2$s) ELSE pg_catalog.pg_column_size(s.%1$I) END', a.attname, $q$ || :'as_text' || $q$) END$q$ AS as_length FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset

-- One reading of the statements: entries that changed since the reading before,
-- and what makes it whole.
SELECT $q$WITH seen AS MATERIALIZED (
    SELECT e.key, e.value FROM pg_catalog.jsonb_each_text(coalesce(nullif(pg_catalog.current_setting('ddbplan.statements', true), ''), '{}')::pg_catalog.jsonb) e),
  held AS MATERIALIZED (
    SELECT s.queryid, s.calls, pg_catalog.to_jsonb(s) - $q$ || :'unused' || $q$ AS row FROM $q$ || pg_catalog.quote_ident(:'home') || $q$.pg_stat_statements(false) s
    WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())),
  current AS MATERIALIZED (
    SELECT h.row, pg_catalog.concat_ws('/', h.row->>'userid', h.row->>'queryid', h.row->>'toplevel') AS key,
      pg_catalog.hashtextextended(h.row::pg_catalog.text, 0)::pg_catalog.text AS print
    FROM held h WHERE h.queryid IS NOT NULL),
  gone AS MATERIALIZED (
    SELECT pg_catalog.count(*) AS entries, coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'userid', pg_catalog.split_part(s.key, '/', 1), 'queryid', pg_catalog.split_part(s.key, '/', 2),
      'toplevel', nullif(pg_catalog.split_part(s.key, '/', 3), '')::pg_catalog.bool) ORDER BY s.key), '[]') AS keys
    FROM seen s WHERE s.key NOT IN (SELECT c.key FROM current c))
  SELECT $q$ || :'open' || $q$pg_catalog.json_build_object('kind', 'statement', 'captured_at', pg_catalog.now(), 'row', c.row)$q$ || :'close' || $q$
  FROM current c LEFT JOIN seen s ON s.key = c.key WHERE s.value IS DISTINCT FROM c.print
  UNION ALL
  SELECT $q$ || :'open' || $q$pg_catalog.json_build_object('kind', 'reading', 'captured_at', pg_catalog.now(), 'row', pg_catalog.json_build_object(
    'full', (SELECT pg_catalog.count(*) FROM seen) = 0, 'entries', (SELECT pg_catalog.count(*) FROM current), 'gone', g.keys,
    'hidden_entries', (SELECT pg_catalog.count(*) FROM held h WHERE h.queryid IS NULL),
    'hidden_calls', (SELECT coalesce(pg_catalog.sum(h.calls), 0) FROM held h WHERE h.queryid IS NULL)))$q$ || :'close' || $q$
  FROM gone g WHERE CASE WHEN g.entries >= 0 THEN pg_catalog.set_config('ddbplan.statements', (SELECT
    coalesce(pg_catalog.jsonb_object_agg(c.key, c.print), '{}')::pg_catalog.text FROM current c), false) END IS NOT NULL$q$ AS read_statements,
-- Texts of the statements that have left none so far; the file that the server
-- keeps them in is read only if there is one. A text is looked at without its
-- comments, quoted names, type modifiers and places in ORDER BY and GROUP BY: a
-- quote or a number that is left is a constant.
  $q$WITH seen AS MATERIALIZED (
    SELECT s.id FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.current_setting('ddbplan.texts', true), ' ')) s(id)),
  held AS MATERIALIZED (
    SELECT DISTINCT s.queryid FROM $q$ || pg_catalog.quote_ident(:'home') || $q$.pg_stat_statements(false) s
    WHERE s.queryid IS NOT NULL AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())),
  fresh AS MATERIALIZED (
    SELECT h.queryid FROM held h WHERE h.queryid::pg_catalog.text NOT IN (SELECT seen.id FROM seen)),
  texts AS MATERIALIZED (
    SELECT DISTINCT ON (t.queryid) t.dbid, t.queryid, t.query, (SELECT pg_catalog.string_agg(m[1], '')
        FROM pg_catalog.regexp_matches(t.query, '("(?:[^"]|"")*")|--[^\n\r]*|/\*(?:[^*/]|\*+[^*/]|/+[^*/])*\*+/', 'g') m) AS names,
      pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(t.query,
        '"([^"]|"")*"|--[^\n\r]*|/\*([^*/]|\*+[^*/]|/+[^*/])*\*+/', ' ', 'g'),
        '::\s*(double\s+precision|character\s+varying|bit\s+varying|timestamp|time|[a-z_]\w*(\.[a-z_]\w*)?)\s*\(\s*([a-z]+\s*,\s*)?\d{1,5}(\s*,\s*\d{1,3})?\s*\)|\m(numeric|decimal|dec|varchar|character|varying|bpchar|nchar|char|bit|time|timestamp|timestamptz|timetz|interval|second|float|current_time|current_timestamp|localtime|localtimestamp)\s*\(\s*\d{1,4}(\s*,\s*\d{1,3})?\s*\)|\m(on|rollup|cube)\s*\(\s*\d{1,3}(\s*,\s*\d{1,3})*\s*\)', ' ', 'gi'),
        '\m(order|group)\s+by\s+([a-z_][\w.]*|\d{1,3}(?![\w.])|[\s,])+', ' ', 'gi') AS bare
    FROM $q$ || pg_catalog.quote_ident(:'home') || $q$.pg_stat_statements(true) t JOIN fresh f ON f.queryid = t.queryid
    WHERE (SELECT pg_catalog.count(*) FROM fresh) > 0 AND t.query IS NOT NULL
      AND t.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    ORDER BY t.queryid, pg_catalog.to_jsonb(t)->>'toplevel' IS NOT DISTINCT FROM 'false', t.query !~* '^[\s(]*(select|insert|update|delete|merge|with)\M'),
  judged AS (
    SELECT t.*, t.bare ~* '^[\s(]*(select|insert|update|delete|merge|with|values|table|declare|fetch|move|close|begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+\S+(\s*\([^)]*\))?\s+as)\M'
        AND (t.bare ~* '^\s*(fetch|move)\M[^''$]*$' OR t.bare !~ '''|\$[^0-9$\s][^$\s]*\$|\$\$|/\*|(^|[^\w$.])\.?[0-9]')
        AND coalesce(t.names !~ '--|/\*|\*/', true) AS may_leave
    FROM texts t)
  SELECT $q$ || :'open' || $q$pg_catalog.json_build_object('kind', 'statement_text', 'captured_at', pg_catalog.now(), 'row', CASE WHEN j.may_leave
    THEN pg_catalog.json_build_object('dbid', j.dbid, 'queryid', j.queryid, 'query', pg_catalog.regexp_replace(j.query,
      '--[^\n\r]*|/\*(?!, \.\.\. \*/|\+[\w\s().]*\*/|\s*((application|framework|controller|namespaced_controller|action|job|db_driver)\s*[=:]\s*''?(\w|\.|::|%3A)*''?\s*,?\s*)+\*/)([^*/]|\*+[^*/]|/+[^*/])*\*+/', ' ', 'g'))
    ELSE pg_catalog.json_build_object('dbid', j.dbid, 'queryid', j.queryid, 'redacted', true, 'query', pg_catalog.upper(pg_catalog.regexp_replace(
      coalesce(pg_catalog.substring(j.bare, '(?i)^[\s(]*([a-z]+(\s+(role|user|group|database|table|index|view|materialized|function|procedure|trigger|type|schema|sequence|extension|publication|subscription|server|policy|domain|system|transaction|prepared)\M)?)'), 'UTILITY'), '\s+', ' ', 'g'))) END)$q$ || :'close' || $q$
  FROM judged j
  UNION ALL SELECT NULL WHERE CASE WHEN (SELECT pg_catalog.count(*) FROM texts) > 0 THEN pg_catalog.set_config('ddbplan.texts', (SELECT pg_catalog.string_agg(k.id, ' ')
    FROM (SELECT seen.id FROM seen WHERE seen.id IN (SELECT h.queryid::pg_catalog.text FROM held h) UNION SELECT t.queryid::pg_catalog.text FROM texts t) k), false) ELSE '' END IS NULL$q$ AS read_texts,
-- Counters of tables or indexes that changed since the reading before; the two
-- differ in their names only.
  $q$WITH seen AS MATERIALIZED (
    SELECT e.key, e.value FROM pg_catalog.jsonb_each_text(coalesce(nullif(pg_catalog.current_setting('ddbplan.%1$s', true), ''), '{}')::pg_catalog.jsonb) e),
  current AS MATERIALIZED (
    SELECT %3$s::pg_catalog.text AS key, pg_catalog.json_build_object(%4$s)::pg_catalog.text AS row FROM pg_catalog.%2$s t WHERE t.schemaname !~ '^pg_(toast|temp)'),
  changed AS MATERIALIZED (
    SELECT c.row FROM current c LEFT JOIN seen s ON s.key = c.key
    WHERE s.value IS DISTINCT FROM pg_catalog.hashtextextended(c.row, 0)::pg_catalog.text)
  SELECT %5$spg_catalog.json_build_object('kind', '%1$s', 'captured_at', pg_catalog.now(), 'row', c.row::pg_catalog.json)%6$s
  FROM changed c
  UNION ALL SELECT NULL WHERE CASE WHEN (SELECT pg_catalog.count(*) FROM changed) >= 0 THEN pg_catalog.set_config('ddbplan.%1$s', (SELECT
    coalesce(pg_catalog.jsonb_object_agg(c.key, pg_catalog.hashtextextended(c.row, 0)), '{}')::pg_catalog.text FROM current c), false) END IS NULL$q$ AS read_counters FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset

-- The statements of one reading, as a query that \gexec turns into its results.
-- The first pause inside the server, 25 s at most each, but only where the pause
-- before did not happen at the client.
SELECT pg_catalog.format('SELECT s.text FROM (SELECT 0 AS place, true AS wanted, %L AS text FROM pg_catalog.generate_series(1, %s) UNION ALL VALUES (1, true, %L), (2, true, %L), (3, true, %L), (4, %L::pg_catalog.bool, %L), (5, true, %L), (6, true, %L), (7, true, %L), (8, %L::pg_catalog.bool, %L)) AS s WHERE s.wanted ORDER BY s.place',
  pg_catalog.format($q$SELECT FROM (SELECT extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8 - nullif(pg_catalog.current_setting('ddbplan.read_at', true), '')::pg_catalog.float8 AS waited) w
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    WHERE pg_catalog.pg_sleep(CASE WHEN w.waited < %1$s * 0.9 THEN least(25, %1$s - w.waited) ELSE 0 END) IS NULL$q$, :every),
  pg_catalog.ceil(:every / 25.0),
  $q$SELECT FROM pg_catalog.pg_database d WHERE CASE WHEN d.datname = pg_catalog.current_database() THEN pg_catalog.set_config('ddbplan.read_at',
    extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8::pg_catalog.text, false) ELSE '' END IS NULL$q$,
  :'read_statements', :'read_texts',
  :'has_info', pg_catalog.format($q$SELECT %spg_catalog.json_build_object('kind', 'statements_info', 'captured_at', pg_catalog.now(), 'row', pg_catalog.row_to_json(i))%s FROM %I.pg_stat_statements_info i$q$, :'open', :'close', :'home'),
  pg_catalog.format(:'read_counters', 'table_counters', 'pg_stat_user_tables', 't.relid', $q$'schemaname', t.schemaname, 'relname', t.relname, 'seq_scan', t.seq_scan, 'seq_tup_read', t.seq_tup_read,
    'idx_scan', t.idx_scan, 'idx_tup_fetch', t.idx_tup_fetch, 'n_tup_ins', t.n_tup_ins, 'n_tup_upd', t.n_tup_upd, 'n_tup_del', t.n_tup_del, 'n_tup_hot_upd', t.n_tup_hot_upd$q$, :'open', :'close'),
  pg_catalog.format(:'read_counters', 'index_counters', 'pg_stat_user_indexes', 't.indexrelid', $q$'schemaname', t.schemaname, 'relname', t.relname, 'indexrelname', t.indexrelname,
    'idx_scan', t.idx_scan, 'idx_tup_read', t.idx_tup_read, 'idx_tup_fetch', t.idx_tup_fetch$q$, :'open', :'close'),
  pg_catalog.format($q$SELECT %spg_catalog.json_build_object('kind', 'database', 'captured_at', pg_catalog.now(), 'row', pg_catalog.row_to_json(d))%s FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()$q$, :'open', :'close'),
  :'has_wal', $q$SELECT pg_catalog.json_build_object('kind', 'wal', 'captured_at', pg_catalog.now(), 'row', pg_catalog.row_to_json(w)) FROM pg_catalog.pg_stat_wal w$q$
) AS reading FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \gset
\set ON_ERROR_STOP off

SELECT $q$SELECT FROM pg_catalog.pg_settings s WHERE CASE WHEN s.name = 'pg_stat_statements.track' AND pg_catalog.has_parameter_privilege(s.name, 'SET')
  THEN pg_catalog.set_config(s.name, 'none', false) ELSE '' END IS NULL$q$
FROM pg_catalog.pg_settings s WHERE s.name = 'server_version_num' AND s.setting::pg_catalog.int4 >= 150000
\gexec
-- The server and its settings.
SELECT :open pg_catalog.json_build_object('kind', 'server', 'captured_at', pg_catalog.clock_timestamp(), 'row', pg_catalog.json_build_object(
  'bundle_version', 2, 'database', pg_catalog.current_database(), 'encoding', pg_catalog.getdatabaseencoding(),
  'version_number', pg_catalog.current_setting('server_version_num')::pg_catalog.int4, 'is_replica', pg_catalog.pg_is_in_recovery(),
  'started_at', pg_catalog.pg_postmaster_start_time(), 'sees_all_statements', pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE'))) :close
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database();
SELECT pg_catalog.json_build_object('kind', 'setting', 'row', pg_catalog.json_build_object('name', s.name, 'setting', s.setting, 'unit', s.unit))
FROM pg_catalog.pg_settings s
WHERE s.name IN ('server_version_num', 'block_size', 'shared_buffers', 'effective_cache_size', 'wal_level',
  'full_page_writes', 'synchronous_commit', 'fsync', 'max_wal_size', 'checkpoint_timeout', 'autovacuum',
  'track_io_timing', 'track_activity_query_size', 'compute_query_id', 'pg_stat_statements.max',
  'pg_stat_statements.track', 'pg_stat_statements.track_utility', 'pg_stat_statements.track_planning')
ORDER BY s.name;

-- Tables, one statement each, so that a locked one costs itself only.
SELECT pg_catalog.format(:'describe', t.oid, 'true') FROM :tables t ORDER BY t.nspname, t.relname
\gexec
-- What failed is told, and described without what needs a lock.
SELECT :open pg_catalog.json_build_object('kind', 'left_out', 'captured_at', pg_catalog.clock_timestamp(), 'row', pg_catalog.json_build_object(
  'what', 'table_sizes', 'schema', t.nspname, 'table', t.relname, 'reason', 'it was locked for longer than 1 s; its defaults, indexes and triggers with conditions are missing too')) :close
FROM :tables t WHERE 'catalog/' || t.oid NOT IN :all_done ORDER BY t.nspname, t.relname;
SELECT pg_catalog.format(:'describe', t.oid, 'false') FROM :tables t
WHERE 'catalog/' || t.oid NOT IN :all_done ORDER BY t.nspname, t.relname
\gexec
SELECT :open pg_catalog.json_build_object('kind', 'enum', 'row', pg_catalog.json_build_object(
  'type', pg_catalog.format_type(e.enumtypid, NULL), 'labels', pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder))) :close
FROM pg_catalog.pg_enum e GROUP BY e.enumtypid
UNION ALL SELECT NULL WHERE pg_catalog.set_config('ddbplan.done', pg_catalog.concat(:done, ' enums'), false) IS NULL ORDER BY 1;
-- Trigger functions in PL/pgSQL, without comments and string constants; none that
-- is written so that these cannot be told for certain.
SELECT :open pg_catalog.json_build_object('kind', 'function', 'row', pg_catalog.json_build_object('def', pg_catalog.regexp_replace(pg_catalog.regexp_replace(
  pg_catalog.pg_get_functiondef(p.oid), '(''([^'']|'''')*'')|--[^\n\r]*|/\*([^*]|\*+[^*/])*\*+/', '\1', 'g'), '''([^'']|'''')*''', '''''', 'g'))) :close
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE l.lanname = 'plpgsql' AND p.prosrc !~ '\\|\$[^0-9$\s]*\$|/\*[^*]*/\*|"[^"]*''[^"]*"'
  AND p.oid IN (SELECT t.tgfoid FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal)
UNION ALL SELECT NULL WHERE pg_catalog.set_config('ddbplan.done', pg_catalog.concat(:done, ' functions'), false) IS NULL ORDER BY 1;

-- Statistics of columns, without any values.
SELECT :open pg_catalog.json_build_object('kind', 'column_stats', 'row', pg_catalog.json_build_object(
  'schemaname', s.schemaname, 'tablename', s.tablename, 'attname', s.attname, 'inherited', s.inherited,
  'null_frac', s.null_frac, 'avg_width', s.avg_width, 'n_distinct', s.n_distinct,
  'most_common_freqs', s.most_common_freqs, 'correlation', s.correlation)) :close
FROM pg_catalog.pg_stats s WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema') AND s.schemaname !~ '^pg_(toast|temp)'
UNION ALL SELECT NULL WHERE pg_catalog.set_config('ddbplan.done', pg_catalog.concat(:done, ' column_stats'), false) IS NULL ORDER BY 1;
SELECT pg_catalog.json_build_object('kind', 'left_out', 'captured_at', pg_catalog.clock_timestamp(), 'row', pg_catalog.json_build_object(
  'what', w.name, 'reason', 'its statement failed or took longer than 30 s'))
FROM (VALUES ('enums'), ('functions'), ('column_stats')) w(name) JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database() WHERE w.name NOT IN :all_done;

-- Lengths of values as text, by 64 bytes, of a sample of each table: of each
-- column, and of the whole row (column null). One statement a table is made here
-- and run by \gexec; it does nothing once the time for samples is over.
SET statement_timeout = '10s';
SELECT pg_catalog.format(
  $q$WITH sampled AS MATERIALIZED (SELECT s.* FROM %1$s WHERE (SELECT %2$s) LIMIT 3 * %3$s),
  lengths AS MATERIALIZED (SELECT l.place, l.bytes FROM sampled s CROSS JOIN LATERAL (VALUES %4$s) AS l(place, bytes)),
  buckets AS (SELECT place, bytes / 64 AS bucket, pg_catalog.count(*) AS n FROM lengths WHERE bytes IS NOT NULL GROUP BY 1, 2)
  (SELECT %8$spg_catalog.json_build_object('kind', 'lengths', 'row', pg_catalog.json_build_object(
    'schema', %5$L, 'table', %6$L, 'column', (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = %7$s AND a.attnum = l.place),
    'rows', l.n, 'nulls', l.n - l.present, 'total_bytes', l.total, 'max_bytes', l.longest, 'bucket_bytes', 64,
    'buckets', (SELECT pg_catalog.json_agg(b.bucket ORDER BY b.bucket) FROM buckets b WHERE b.place = l.place),
    'counts', (SELECT pg_catalog.json_agg(b.n ORDER BY b.bucket) FROM buckets b WHERE b.place = l.place)))%9$s
  FROM (SELECT place, pg_catalog.count(*) AS n, pg_catalog.count(bytes) AS present, coalesce(pg_catalog.sum(bytes), 0) AS total, coalesce(pg_catalog.max(bytes), 0) AS longest
        FROM lengths GROUP BY place) l ORDER BY l.place)
  UNION ALL SELECT NULL WHERE CASE WHEN EXISTS (SELECT FROM sampled) OR %2$s
    THEN pg_catalog.set_config('ddbplan.done', pg_catalog.concat(%10$s, ' lengths/', %7$s), false) ELSE '' END IS NULL$q$,
  :sample, :'in_time', :sample_rows,
  pg_catalog.string_agg(pg_catalog.format('(%s, %s)', a.attnum, :as_length), ', ' ORDER BY a.attnum)
    || pg_catalog.format(', (0, %s)', pg_catalog.string_agg(pg_catalog.format('coalesce(%s, 0)', :as_length), ' + ' ORDER BY a.attnum)),
  t.nspname, t.relname, t.oid, :'open', :'close', :'done')
FROM :tables t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
WHERE :sample_rows > 0 AND :sampled GROUP BY t.nspname, t.relname, t.relkind, t.estimate, t.oid ORDER BY t.nspname, t.relname LIMIT :room
\gexec

-- How often the 100 most frequent values of each key column come, in a sample:
-- counts only.
SELECT pg_catalog.format(
  $q$WITH sampled AS MATERIALIZED (SELECT pg_catalog.hashtextextended(%1$s, 0) AS v FROM %2$s WHERE (SELECT %3$s) LIMIT 3 * %4$s),
  counted AS MATERIALIZED (SELECT pg_catalog.count(*) AS n FROM sampled WHERE v IS NOT NULL GROUP BY v)
  SELECT %8$spg_catalog.json_build_object('kind', 'key_shares', 'row', pg_catalog.json_build_object(
    'schema', %5$L, 'table', %6$L, 'column', %7$L, 'rows', (SELECT pg_catalog.count(*) FROM sampled),
    'distinct', (SELECT pg_catalog.count(*) FROM counted),
    'top', (SELECT coalesce(pg_catalog.json_agg(t.n ORDER BY t.n DESC), '[]') FROM (SELECT n FROM counted ORDER BY n DESC LIMIT 100) t)))%9$s
  WHERE EXISTS (SELECT FROM sampled)
  UNION ALL SELECT NULL WHERE CASE WHEN EXISTS (SELECT FROM sampled) OR %3$s
    THEN pg_catalog.set_config('ddbplan.done', pg_catalog.concat(%10$s, ' key_shares/', %11$s, '/', %12$s), false) ELSE '' END IS NULL$q$,
  :as_text, :sample, :'in_time', :sample_rows, t.nspname, t.relname, a.attname, :'open', :'close', :'done', t.oid, a.attnum)
FROM :tables t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
WHERE :sample_rows > 0 AND :sampled AND EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = x.relam WHERE i.indrelid = t.oid AND a.attnum = i.indkey[0] AND m.amname IN ('btree', 'hash'))
ORDER BY t.nspname, t.relname, a.attnum LIMIT :room
\gexec

-- Tables that could not be sampled, and why. An empty table has no lengths.
SELECT :open pg_catalog.json_build_object('kind', 'left_out', 'captured_at', pg_catalog.clock_timestamp(), 'row', pg_catalog.json_build_object(
  'what', 'lengths', 'schema', t.nspname, 'table', t.relname, 'reason', CASE
    WHEN NOT t.may_read THEN 'no SELECT privilege'
    WHEN NOT t.is_trusted THEN 'a superuser does not read tables of other roles; record as a role that is none, or set trust_owners'
    WHEN t.runs_code THEN 'reading it may run a function that another role owns'
    WHEN t.is_foreign THEN 'it has foreign tables below it'
    WHEN t.locks > 500 THEN 'it has too many partitions and indexes to be locked at once'
    WHEN NOT :in_time THEN 'the time for samples was over'
    ELSE 'its statement failed, waited for a lock for 1 s, took longer than 10 s, or would have displaced entries of pg_stat_statements' END)) :close
FROM :tables t
WHERE :sample_rows > 0 AND NOT t.relispartition
  AND 'lengths/' || t.oid NOT IN :all_done ORDER BY t.nspname, t.relname;
SELECT :open pg_catalog.json_build_object('kind', 'left_out', 'captured_at', pg_catalog.clock_timestamp(), 'row', pg_catalog.json_build_object(
  'what', 'key_shares', 'schema', k.nspname, 'table', k.relname, 'reason', CASE
    WHEN NOT :in_time THEN 'the time for samples was over' ELSE 'a statement failed, took longer than 10 s, or would have displaced entries of pg_stat_statements' END)) :close
FROM (SELECT DISTINCT t.nspname, t.relname, pg_catalog.concat('key_shares/', t.oid, '/', i.indkey[0]) AS name
  FROM :tables t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indkey[0] > 0 JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname IN ('btree', 'hash') WHERE :sample_rows > 0 AND :sampled) k
WHERE k.name NOT IN :all_done ORDER BY k.nspname, k.relname, k.name;
SET statement_timeout = '30s';

-- The readings. Each is a list of statements that \gexec runs. The pause between
-- two is made here at the client: nothing is held on the server meanwhile.
:reading
\gexec
\! trap 'kill $PPID' INT; sleep 60
:reading
\gexec
