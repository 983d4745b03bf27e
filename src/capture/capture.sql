-- Records what ddbplan needs from one PostgreSQL database, version 13 or later.
--
--   psql -X -q -f capture.sql -d DATABASE > capture.jsonl
--
-- It only reads: the session is read-only and every statement has a time limit.
-- No value of your data leaves the server. What does leave it: texts of
-- statements with their constants replaced by $1, $2, ... (as
-- pg_stat_statements keeps them), names of tables, columns and indexes,
-- counters, sizes, lengths of values, and how often the most frequent values
-- come (the counts, not the values).
--
-- Needs the extension pg_stat_statements, the role pg_monitor, and SELECT on the
-- tables whose lengths are to be sampled (others are left out).
-- Interrupt it when you like: what was written up to then can be used.

-- Seconds between two readings, and how many readings follow the first.
\set every 60
\set readings 60
-- Rows to sample of each table; 0 to sample none.
\set sample_rows 10000

\set QUIET on
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
\pset pager off
\timing off
SET default_transaction_read_only = on;
SET lock_timeout = '2s';
SET application_name = 'ddbplan capture';
SELECT (:every + 60)::text || 's' AS patience \gset
SET statement_timeout = :'patience';

SELECT n.nspname AS home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements' \gset
SELECT to_regclass(format('%I.pg_stat_statements_info', :'home')) IS NOT NULL AS has_info,
       to_regclass('pg_catalog.pg_stat_wal') IS NOT NULL AS has_wal \gset
\set ON_ERROR_STOP off

-- The server and its settings.
SELECT json_build_object('kind', 'server', 'captured_at', clock_timestamp(), 'row', json_build_object(
  'database', current_database(), 'version_number', current_setting('server_version_num')::int,
  'is_replica', pg_is_in_recovery(), 'started_at', pg_postmaster_start_time()));
SELECT json_build_object('kind', 'setting', 'row', json_build_object('name', name, 'setting', setting, 'unit', unit))
FROM pg_settings
WHERE name IN ('server_version_num', 'block_size', 'shared_buffers', 'effective_cache_size', 'wal_level',
  'full_page_writes', 'synchronous_commit', 'fsync', 'max_wal_size', 'checkpoint_timeout', 'autovacuum',
  'track_io_timing', 'track_activity_query_size', 'compute_query_id', 'pg_stat_statements.max',
  'pg_stat_statements.track', 'pg_stat_statements.track_utility', 'pg_stat_statements.track_planning')
ORDER BY name;

-- Tables, columns, constraints, indexes, types, partitions, triggers.
SELECT json_build_object('kind', 'table', 'row', json_build_object(
  'schema', n.nspname, 'table', c.relname, 'relkind', c.relkind, 'reltuples', c.reltuples,
  'heap_bytes', pg_relation_size(c.oid), 'index_bytes', pg_indexes_size(c.oid),
  'reloptions', array_to_string(c.reloptions, ','),
  'toast_bytes', CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_total_relation_size(c.reltoastrelid) END,
  'partition_of', (SELECT p.inhparent::regclass::text FROM pg_inherits p WHERE p.inhrelid = c.oid AND c.relispartition)))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY n.nspname, c.relname;
SELECT json_build_object('kind', 'column', 'row', json_build_object(
  'schema', n.nspname, 'table', c.relname, 'attnum', a.attnum, 'column', a.attname,
  'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull, 'attidentity', a.attidentity,
  'default', pg_get_expr(d.adbin, d.adrelid)))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY n.nspname, c.relname, a.attnum;
SELECT json_build_object('kind', 'constraint', 'row', json_build_object(
  'schema', n.nspname, 'table', c.relname, 'conname', o.conname, 'contype', o.contype, 'def', pg_get_constraintdef(o.oid)))
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype IN ('p', 'u', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY n.nspname, c.relname, o.conname;
SELECT json_build_object('kind', 'index', 'row', json_build_object(
  'schema', n.nspname, 'table', c.relname, 'index', x.relname, 'indisprimary', i.indisprimary,
  'indisvalid', i.indisvalid, 'reltuples', x.reltuples, 'bytes', pg_relation_size(x.oid), 'def', pg_get_indexdef(x.oid)))
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY n.nspname, c.relname, x.relname;
SELECT json_build_object('kind', 'enum', 'row', json_build_object(
  'type', format_type(e.enumtypid, NULL), 'labels', json_agg(e.enumlabel ORDER BY e.enumsortorder)))
FROM pg_enum e GROUP BY e.enumtypid ORDER BY format_type(e.enumtypid, NULL);
SELECT json_build_object('kind', 'trigger', 'row', json_build_object(
  'schema', n.nspname, 'table', c.relname, 'trigger', t.tgname, 'def', pg_get_triggerdef(t.oid)))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal ORDER BY n.nspname, c.relname, t.tgname;
SELECT json_build_object('kind', 'function', 'row', json_build_object(
  'def', pg_get_functiondef(p.oid)))
FROM pg_proc p WHERE p.oid IN (SELECT t.tgfoid FROM pg_trigger t WHERE NOT t.tgisinternal)
ORDER BY p.oid::regprocedure::text;

-- Statistics of columns, without any values.
SELECT json_build_object('kind', 'column_stats', 'row', json_build_object(
  'schemaname', schemaname, 'tablename', tablename, 'attname', attname, 'inherited', inherited,
  'null_frac', null_frac, 'avg_width', avg_width, 'n_distinct', n_distinct,
  'most_common_freqs', most_common_freqs, 'correlation', correlation))
FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY schemaname, tablename, attname;

-- Lengths of values as text, by 64 bytes, of a sample of each table: of each
-- column, and of the whole row (column null). One statement a table is made
-- here and run by \gexec.
SELECT format(
  $q$WITH sampled AS MATERIALIZED (SELECT * FROM %1$I.%2$I TABLESAMPLE SYSTEM (%3$s) REPEATABLE (1) LIMIT %4$s),
  lengths AS MATERIALIZED (SELECT l.place, l.bytes FROM sampled t CROSS JOIN LATERAL (VALUES %5$s) AS l(place, bytes)),
  buckets AS (SELECT place, bytes / 64 AS bucket, count(*) AS n FROM lengths WHERE bytes IS NOT NULL GROUP BY 1, 2)
  SELECT json_build_object('kind', 'lengths', 'row', json_build_object(
    'schema', %6$L, 'table', %7$L, 'column', (SELECT attname FROM pg_attribute WHERE attrelid = %8$s AND attnum = a.place),
    'rows', a.n, 'nulls', a.n - a.present, 'total_bytes', a.total, 'max_bytes', a.longest, 'bucket_bytes', 64,
    'buckets', (SELECT json_agg(b.bucket ORDER BY b.bucket) FROM buckets b WHERE b.place = a.place),
    'counts', (SELECT json_agg(b.n ORDER BY b.bucket) FROM buckets b WHERE b.place = a.place)))
  FROM (SELECT place, count(*) AS n, count(bytes) AS present, coalesce(sum(bytes), 0) AS total, coalesce(max(bytes), 0) AS longest
        FROM lengths GROUP BY place) a ORDER BY a.place$q$,
  n.nspname, c.relname, least(100, greatest(0.0001, 150.0 * :sample_rows / greatest(c.reltuples, 1)))::numeric(10, 4), :sample_rows,
  string_agg(format('(%s, octet_length(t.%I::text))', a.attnum, a.attname), ', ' ORDER BY a.attnum)
    || format(', (0, %s)', string_agg(format('coalesce(octet_length(t.%I::text), 0)', a.attname), ' + ' ORDER BY a.attnum)),
  n.nspname, c.relname, c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE :sample_rows > 0 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND has_table_privilege(c.oid, 'SELECT')
GROUP BY n.nspname, c.relname, c.reltuples, c.oid ORDER BY n.nspname, c.relname
\gexec

-- How often the 100 most frequent values of each key column come, in a sample:
-- counts only.
SELECT format(
  $q$WITH sampled AS MATERIALIZED (SELECT %1$I::text AS v FROM %2$I.%3$I TABLESAMPLE SYSTEM (%4$s) REPEATABLE (1) LIMIT %5$s),
  counted AS (SELECT count(*) AS n FROM sampled WHERE v IS NOT NULL GROUP BY v)
  SELECT json_build_object('kind', 'key_shares', 'row', json_build_object(
    'schema', %6$L, 'table', %7$L, 'column', %8$L, 'rows', (SELECT count(*) FROM sampled),
    'distinct', (SELECT count(*) FROM counted),
    'top', (SELECT coalesce(json_agg(t.n ORDER BY t.n DESC), '[]') FROM (SELECT n FROM counted ORDER BY n DESC LIMIT 100) t)))$q$,
  a.attname, n.nspname, c.relname, least(100, greatest(0.0001, 150.0 * :sample_rows / greatest(c.reltuples, 1)))::numeric(10, 4),
  :sample_rows, n.nspname, c.relname, a.attname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE :sample_rows > 0 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND a.attnum = i.indkey[0])
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname, a.attname
\gexec

-- The readings. The statements are put into a list and run by \gexec, once for
-- the first reading and again after each pause.
SELECT s.text
FROM generate_series(0, :readings) AS reading,
LATERAL (VALUES
  (1, reading > 0, format('SELECT FROM pg_sleep(%s)', :every)),
  (2, true, format($q$SELECT json_build_object('kind', 'statement', 'captured_at', now(), 'row', row_to_json(s)) FROM %I.pg_stat_statements s
    WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY s.queryid$q$, :'home')),
  (3, :'has_info'::boolean, format($q$SELECT json_build_object('kind', 'statements_info', 'captured_at', now(), 'row', row_to_json(i)) FROM %I.pg_stat_statements_info i$q$, :'home')),
  (4, true, $q$SELECT json_build_object('kind', 'table_counters', 'captured_at', now(), 'row', row_to_json(t)) FROM pg_stat_user_tables t ORDER BY t.schemaname, t.relname$q$),
  (5, true, $q$SELECT json_build_object('kind', 'index_counters', 'captured_at', now(), 'row', row_to_json(i)) FROM pg_stat_user_indexes i ORDER BY i.schemaname, i.relname, i.indexrelname$q$),
  (6, true, $q$SELECT json_build_object('kind', 'database', 'captured_at', now(), 'row', row_to_json(d)) FROM pg_stat_database d WHERE d.datname = current_database()$q$),
  (7, :'has_wal'::boolean, $q$SELECT json_build_object('kind', 'wal', 'captured_at', now(), 'row', row_to_json(w)) FROM pg_stat_wal w$q$)
) AS s(place, wanted, text)
WHERE s.wanted
ORDER BY reading, s.place
\gexec
