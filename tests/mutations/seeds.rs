//! Small sound inputs, where the tests' data has none that are small.

/// Statements over the tables of [`super::scenario::SCHEMA`], a line each.
pub const STATEMENTS: &str = r#"SELECT id, status FROM orders WHERE customer_id = $1 AND created_at > $2 ORDER BY created_at DESC LIMIT 20 OFFSET $3
SELECT o.*, count(l.line_no) FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.id = ANY($1) GROUP BY o.id HAVING count(*) > 1
SELECT * FROM orders WHERE id IN ($1, $2, $3) AND status <> 'done' OR note IS NULL
SELECT DISTINCT ON (customer_id) customer_id, id FROM orders WHERE lower(status) LIKE 'a%' FOR UPDATE SKIP LOCKED
SELECT sku, sum(quantity) OVER (PARTITION BY order_id ORDER BY line_no) FROM order_lines WHERE (order_id, line_no) > ($1, $2)
SELECT id FROM orders WHERE customer_id = $1 AND status = $2 UNION ALL SELECT id FROM orders WHERE id BETWEEN $3 AND $4
SELECT * FROM orders WHERE EXISTS (SELECT 1 FROM order_lines WHERE order_id = orders.id AND quantity >= 10)
WITH open AS (SELECT id FROM orders WHERE status = 'open' LIMIT 10) UPDATE orders SET status = 'busy' FROM open WHERE orders.id = open.id RETURNING orders.id
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT * FROM t JOIN orders ON id = n
WITH a AS (SELECT id, status FROM orders WHERE id = $1), b AS (SELECT x.id FROM a x JOIN a y ON x.id = y.id), c AS (SELECT x.id FROM b x JOIN b y USING (id)) SELECT * FROM c, b, a
INSERT INTO orders (id, customer_id, status, note) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET status = excluded.status
INSERT INTO order_lines SELECT $1, line_no, sku, quantity FROM order_lines WHERE order_id = $2 RETURNING *
UPDATE orders SET status = $1, note = note || $2, created_at = now() WHERE id = $3 AND status = $4
DELETE FROM order_lines USING orders WHERE orders.id = order_lines.order_id AND orders.customer_id = $1
DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE created_at < now() - interval '30 days' LIMIT 1000)
MERGE INTO orders USING (VALUES ($1, $2)) AS v(id, s) ON orders.id = v.id WHEN MATCHED THEN UPDATE SET status = v.s WHEN NOT MATCHED THEN DO NOTHING
SELECT CASE WHEN note IS NULL THEN 0 ELSE length(note) END, coalesce(note, '-')::text FROM orders WHERE id = $1
COPY order_lines (order_id, line_no, sku, quantity) FROM STDIN WITH (FORMAT csv)
FETCH 100 FROM c1
TRUNCATE order_lines
BEGIN"#;

pub const DDL: &str = r#"CREATE TYPE public.mood AS ENUM ('good', 'it''s bad');
CREATE SEQUENCE public.s START WITH 1;
CREATE TABLE public.orders (
    id bigint DEFAULT nextval('public.s'::regclass) NOT NULL,
    customer_id bigint NOT NULL,
    status character varying(20) DEFAULT 'new'::character varying NOT NULL,
    total numeric(12,2), tags text[], how public.mood, "Odd name" jsonb,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT positive CHECK ((total >= (0)::numeric))
) WITH (fillfactor='90');
CREATE TABLE public.order_lines (order_id bigint REFERENCES orders (id) ON DELETE CASCADE, line_no integer, sku text NOT NULL, quantity integer, PRIMARY KEY (order_id, line_no));
CREATE TABLE public.events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_after FOREIGN KEY (customer_id) REFERENCES public.orders (id);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_u UNIQUE (customer_id, created_at);
CREATE UNIQUE INDEX one_open ON public.orders USING btree (lower((status)::text), customer_id DESC NULLS LAST) INCLUDE (note) WHERE ((status)::text = 'open'::text);
CREATE INDEX tags ON public.orders USING gin (tags);
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.created_at := now(); INSERT INTO events VALUES (NEW.id, now()); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION public.touch();
COPY public.orders (id, customer_id) FROM stdin;
1	2
\.
"#;

pub const PGHERO: &str = "id,database,user,query,query_hash,total_time,calls,captured_at\n\
    1,shop,app,SELECT * FROM orders WHERE id = $1,11,5.5,10,2026-01-01 00:05:00\n\
    2,shop,app,SELECT * FROM orders WHERE id = $1,11,1.5,4,2026-01-01 00:10:00\n\
    4,shop,job,DELETE FROM order_lines,12,1.0,7,2026-01-01 00:10:00\n";

pub const MONITOR: &str = "bucket,bucket_start_time,userid,dbid,client_ip,queryid,toplevel,query,calls,rows,total_exec_time,wal_bytes\n\
    0,2026-01-01 00:00:00,10,5,10.0.0.1,A1,t,SELECT * FROM orders WHERE id = $1,3,3,1.0,0\n\
    0,2026-01-01 00:00:00,10,5,10.0.0.2,A1,t,SELECT * FROM orders WHERE id = $1,4,4,1.0,0\n\
    1,2026-01-01 00:01:00,10,5,10.0.0.1,A1,t,SELECT * FROM orders WHERE id = $1,5,5,1.0,0\n";

pub const RATES: &str = "captured_at,query,calls_per_sec,rows_per_sec\n\
    2026-01-01 00:01:00,UPDATE orders SET status = $1 WHERE id = $2,0.0917,0.2\n\
    2026-01-01 00:02:00,UPDATE orders SET status = $1 WHERE id = $2,12,24.5\n";

pub const VIEW: &str = "now,userid,dbid,toplevel,queryid,query,plans,total_plan_time,calls,total_exec_time,min_exec_time,rows,shared_blks_hit,shared_blks_read,shared_blk_read_time,wal_records,wal_fpi,wal_bytes,stats_since\n\
    2026-01-01 00:00:00+00,10,5,t,-9089196982814635820,SELECT * FROM orders WHERE id = $1,0,0,100,12.5,0.1,100,400,20,1.5,0,0,0,2025-12-31 00:00:00+00\n\
    2026-01-01 00:00:00+00,10,5,t,7,\"INSERT INTO order_lines VALUES ($1, $2, $3, $4)\",0,0,50,5,0.1,50,90,1,0,60,2,9007199254740993,2025-12-31 00:00:00+00\n\
    2026-01-01 00:01:00+00,10,5,t,-9089196982814635820,SELECT * FROM orders WHERE id = $1,0,0,700,90.5,0.1,700,2800,20,1.5,0,0,0,2025-12-31 00:00:00+00\n\
    2026-01-01 00:01:00+00,10,5,t,7,\"INSERT INTO order_lines VALUES ($1, $2, $3, $4)\",0,0,350,35,0.1,350,630,1,0,420,9,9007199254749999,2025-12-31 00:00:00+00\n";

pub const STDERR_LOG: &str = "2026-01-01 00:00:01.243 UTC [2026] app@shop LOG:  duration: 1.381 ms  statement: SELECT * FROM orders WHERE id = 27;\n\
    2026-01-01 00:00:02.250 UTC [2026] app@shop LOG:  duration: 0.5 ms  execute s1: UPDATE orders\n\
    \tSET status = $1 WHERE id = $2\n\
    2026-01-01 00:00:02.250 UTC [2026] app@shop DETAIL:  parameters: $1 = 'open', $2 = '17'\n\
    2026-01-01 00:00:03.000 UTC [2027] app@shop ERROR:  deadlock detected\n\
    2026-01-01 00:00:59.500 UTC [2027] app@shop LOG:  duration: 2.5 ms  statement: DELETE FROM order_lines WHERE order_id IN (1, 2)\n";

pub const BUNDLE: &str = r#"{"kind" : "server", "captured_at" : "2026-01-01T00:00:00+00:00", "row" : {"database" : "shop", "version_number" : 150018, "is_replica" : false}}
{"kind" : "setting", "row" : {"name" : "block_size", "setting" : "8192", "unit" : null}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "events", "relkind" : "p", "reltuples" : -1, "heap_bytes" : 0, "index_bytes" : 0, "toast_bytes" : 0, "partition_of" : null}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "events_1", "relkind" : "r", "reltuples" : 100, "heap_bytes" : 8192, "index_bytes" : 16384, "toast_bytes" : 0, "partition_of" : "events"}}
{"kind" : "table", "row" : {"schema" : "public", "table" : "marks", "relkind" : "r", "reltuples" : 50, "heap_bytes" : 8192, "index_bytes" : 16384, "toast_bytes" : 8192, "partition_of" : null}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "events", "attnum" : 1, "column" : "id", "type" : "bigint", "not_null" : true, "attidentity" : "", "default" : null}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "events", "attnum" : 2, "column" : "note", "type" : "text", "not_null" : false, "attidentity" : "", "default" : null}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "marks", "attnum" : 1, "column" : "event_id", "type" : "bigint", "not_null" : true, "attidentity" : "", "default" : null}}
{"kind" : "column", "row" : {"schema" : "public", "table" : "marks", "attnum" : 2, "column" : "mood", "type" : "mood", "not_null" : true, "attidentity" : "", "default" : null}}
{"kind" : "constraint", "row" : {"schema" : "public", "table" : "events", "conname" : "events_pkey", "contype" : "p", "def" : "PRIMARY KEY (id)"}}
{"kind" : "constraint", "row" : {"schema" : "public", "table" : "marks", "conname" : "marks_pkey", "contype" : "p", "def" : "PRIMARY KEY (event_id, mood)"}}
{"kind" : "constraint", "row" : {"schema" : "public", "table" : "marks", "conname" : "marks_fkey", "contype" : "f", "def" : "FOREIGN KEY (event_id) REFERENCES events(id) ON DELETE CASCADE"}}
{"kind" : "index", "row" : {"schema" : "public", "table" : "events", "index" : "events_note", "indisprimary" : false, "indisvalid" : true, "reltuples" : 150, "bytes" : 16384, "def" : "CREATE INDEX events_note ON public.events USING btree (note) WHERE (note IS NOT NULL)"}}
{"kind" : "enum", "row" : {"type" : "mood", "labels" : ["b", "a"]}}
{"kind" : "trigger", "row" : {"schema" : "public", "table" : "events", "trigger" : "t", "def" : "CREATE TRIGGER t BEFORE UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION touch()"}}
{"kind" : "column_stats", "row" : {"schemaname" : "public", "tablename" : "events", "attname" : "id", "inherited" : true, "null_frac" : 0, "avg_width" : 8, "n_distinct" : -1, "most_common_freqs" : null, "correlation" : 1}}
{"kind" : "column_stats", "row" : {"schemaname" : "public", "tablename" : "events", "attname" : "note", "inherited" : true, "null_frac" : 0.25, "avg_width" : 40, "n_distinct" : 20, "most_common_freqs" : "{0.5,0.1}", "correlation" : 0.2}}
{"kind" : "lengths", "row" : {"schema" : "public", "table" : "events", "column" : null, "rows" : 150, "nulls" : 0, "total_bytes" : 9000, "max_bytes" : 70, "bucket_bytes" : 64, "buckets" : [0, 1], "counts" : [140, 10]}}
{"kind" : "lengths", "row" : {"schema" : "public", "table" : "events", "column" : "note", "rows" : 150, "nulls" : 50, "total_bytes" : 4000, "max_bytes" : 90, "bucket_bytes" : 64, "buckets" : [0, 1], "counts" : [90, 10]}}
{"kind" : "key_shares", "row" : {"schema" : "public", "table" : "events", "column" : "id", "rows" : 150, "distinct" : 2, "top" : [149, 1]}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":7,"query":"SELECT * FROM events WHERE id = $1","calls":10,"rows":10,"wal_bytes":0}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":8,"query":"UPDATE marks SET mood = $1 WHERE event_id = $2","calls":10,"rows":10,"wal_bytes":100}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"schemaname":"public","relname":"events_1","n_tup_ins":1,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "index_counters", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"schemaname":"public","relname":"events","indexrelname":"events_note","idx_scan":5,"idx_tup_read":5,"idx_tup_fetch":5}}
{"kind" : "database", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"datid":"5","datname":"shop","xact_commit":100,"xact_rollback":1,"blks_read":3,"blks_hit":4}}
{"kind" : "wal", "captured_at" : "2026-01-01T00:00:01+00:00", "row" : {"wal_records":1,"wal_bytes":1000}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":7,"query":"SELECT * FROM events WHERE id = $1","calls":1400,"rows":1300,"wal_bytes":0}}
{"kind" : "statement", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"userid":"10","dbid":"5","toplevel":true,"queryid":8,"query":"UPDATE marks SET mood = $1 WHERE event_id = $2","calls":500,"rows":900,"wal_bytes":90000}}
{"kind" : "statements_info", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"dealloc":0,"stats_reset":"2025-01-01T00:00:01+00:00"}}
{"kind" : "table_counters", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"schemaname":"public","relname":"events_1","n_tup_ins":4,"n_tup_upd":0,"n_tup_del":0,"n_tup_hot_upd":0}}
{"kind" : "index_counters", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"schemaname":"public","relname":"events","indexrelname":"events_note","idx_scan":9,"idx_tup_read":8,"idx_tup_fetch":7}}
{"kind" : "database", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"datid":"5","datname":"shop","xact_commit":106,"xact_rollback":1,"blks_read":3,"blks_hit":9}}
{"kind" : "wal", "captured_at" : "2026-01-01T00:01:01+00:00", "row" : {"wal_records":1,"wal_bytes":1234}}
"#;

pub const BUDGET: &str = "[[limits]]\ndesign = \"user-partition\"\nmode = \"on_demand\"\nload = 8\n\
    leave_out_other_stores = true\nmonthly_usd_max = 100.5\nthrottled_share_max = 1\n\n\
    [[limits]]\nserved_calls_share_min = 1\nserved_time_share_min = 0.5\nnot_served_max = 0\n";

pub const USAGE_TOML: &str = "region = \"us-east-1\"\n[settings]\nmonth_hours = 730\nbytes_per_gb = 1_073_741_824\n\
    free_tier = true\ndiscounts = { dynamodb = \"0.10\" }\n[[usage]]\nlabel = \"orders\"\n\
    dimension = \"dynamodb.wcu-hours\"\nunits = 20\n[[usage]]\ndimension = \"dynamodb.storage\"\n\
    bytes = 99_000_000_000\n[[usage]]\ndimension = \"dynamodb.write-request-units\"\nquantity = 1e6\n";

pub const USAGE_JSON: &str = r#"{"region": "us-east-1", "usage": [
    {"dimension": "dynamodb.backup-cold-storage", "quantity": 100, "label": "cold"},
    {"dimension": "dynamodb.read-request-units", "quantity": "1000000.5"}]}"#;

pub const COMMITMENT: &str = "hour,orders dynamodb.wcu-hours,orders/by_day dynamodb.rcu-hours,o dynamodb.write-request-units\n\
    2026-09-01T00,120,40,1000\n2026-09-01T01,250.5,40,0\n2026-09-01T02,90,400,70000\n";

pub const CAPACITY: &str = "minute,read_units,write_units\n0,12.5,3\n1,0,4000\n2,90000,61\n3,1,1\n";

pub const CLOUDWATCH_CSV: &str = "Full label,Orders reads,Orders writes\n\
    Metric,ConsumedReadCapacityUnits,ConsumedWriteCapacityUnits\nStatistic,Sum,Sum\n\
    2026/11/23 00:00:00,10,\n2026/11/23 00:02:00,,5\n2026/11/23 00:01:00,1,1\n";

pub const METRIC_DATA: &str = r#"{"MetricDataResults":[{"Id":"r","Label":"ConsumedReadCapacityUnits","Timestamps":["2026-11-23T00:03:00+00:00","2026-11-23T00:00:00+00:00"],"Values":[2.5,1.0],"StatusCode":"Complete"},{"Id":"w","Label":"ConsumedWriteCapacityUnits","Timestamps":["2026-11-23T00:01:00Z"],"Values":[7],"StatusCode":"Complete"}]}"#;

pub const TRACE: &str = "ts,operation,table,key,bytes,old_bytes,consistency,index\n\
    2026-11-23T00:00:00Z,GetItem,orders,a,3584,,strong,\n2026-11-23T00:00:02Z,Query,orders,\"b,1\",41779,,,\n\
    1795392003.5,UpdateItem,orders,a,410,3277,,\n2026-11-23T00:00:05Z,DeleteItem,orders,d,0,,,\n\
    2026-11-23T00:01:06Z,TransactPut,orders,e,500,,,\n";

pub const TRACE_LINES: &str = r#"{"ts":"2026-11-23T00:00:00Z","operation":"GetItem","table":"orders","key":"a","bytes":3584,"old_bytes":null,"consistency":"strong"}
{"ts":1795392003.5,"operation":"UpdateItem","table":"orders","key":"a","bytes":410,"old_bytes":3277}
"#;

pub const ITEMS: &str = r#"{"item":{"pk":{"S":"00000000"}},"bytes":10}
{"pk":{"S":"a"},"n":{"N":"-12.50e3"},"b":{"B":"bwBs"},"t":{"BOOL":true},"z":{"NULL":true},"l":{"L":[{"S":"x"},{"M":{"k":{"N":"1"}}}]},"s":{"SS":["a","b"]},"ns":{"NS":["1","2.5"]},"bs":{"BS":["Jycn"]}}
"#;

pub const SIZES: &str = r#"{"tables": [{"name": "orders", "rows": 1000000, "fillfactor": 90, "columns": [
  {"name": "id", "type": "bigint", "not_null": true, "avg_width": 8, "null_frac": 0, "n_distinct": -1, "correlation": 1},
  {"name": "status", "type": "text", "avg_width": 9, "null_frac": 0.2, "n_distinct": 6},
  {"name": "note", "type": "jsonb", "avg_width": 2600, "null_frac": 0.5, "n_distinct": -0.4}],
 "indexes": [{"name": "pk", "columns": ["id"], "unique": true}, {"name": "s", "columns": ["status", "id"], "predicate": "status = 'open'"}]}]}"#;

pub const DESIGN: &str = r#"name = "single-table"
summary = "all items in one table"
[tables.app]
partition_key = "orders#{order_id}"
sort_key = "order_lines#{line_no}"
ttl = "created_at"
[tables.app.items.order_lines]
from = "order_lines"
partition_key = "orders#{order_id}"
sort_key = "order_lines#{line_no}"
[tables.app.items.orders]
from = "orders"
partition_key = "orders#{id}"
sort_key = "{'orders'}"
omit = ["note"]
rename = { status = "st" }
compress = { note = 0.4 }
[tables.app.gsi.orders_by_customer_id]
partition_key = "{customer_id}#{hash(id,4)}"
sort_key = "{created_at:hour}"
include = ["status"]
items = ["orders"]
[[patterns]]
sql = "UPDATE orders SET status..."
supplies = ["customer_id"]
"#;

pub const PLAN: &str = r#"region = "us-east-1"
assumed = ["load.peak_to_mean"]
[load]
capture_represents = "average"
peak_to_mean = 2.5
dispersion = 1.2
peak_hour_utc = 14
horizon_months = 12
growth_per_month = 0.05
retention_days = 365
range = [1, 1000]
spikes = [{ hours = 2, factor = 5 }]
[dynamodb]
modes = ["on_demand", "provisioned", "auto_scaled"]
target_utilization_percent = 70
reads = "eventual"
pitr = true
[postgres]
cpu_target_percent = 60
shard_storage_tb = 4
shard_wal_mb_per_second = 75
shard_connections = 100
[uncertainty]
draws = 100
seed = 7
[[elsewhere]]
sql = "SELECT line_no..."
store = "warehouse"
[migration]
baseline_days = [7, 14, 28]
dual_write_days = [7, 14, 28]
read_shift_percent = [1, 5, 25, 50, 100]
backfill = "api"
loader_write_units_per_second = 3000
dual_write_error_rate = 0.001
validation_scans = 2
"#;
