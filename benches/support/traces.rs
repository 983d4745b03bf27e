//! A recorded trace in the two forms that are read.

/// A CSV trace of so many rows, ten a second.
pub fn csv_trace(rows: u32) -> String {
    let mut text = String::from("ts,operation,table,key,bytes,old_bytes\n");
    for row in 0..rows {
        let operation = ["GetItem", "PutItem", "UpdateItem", "Query"][(row % 4) as usize];
        let old = if operation == "UpdateItem" { "811" } else { "" };
        text.push_str(&format!(
            "{}.{},{operation},table{},user-{},{},{old}\n",
            1_790_000_000 + row / 10,
            row % 10,
            row % 5,
            row.wrapping_mul(2_654_435_761) % 100_000,
            200 + row.wrapping_mul(40_503) % 4_000,
        ));
    }
    text
}

/// The same as JSON lines.
pub fn json_trace(csv: &str) -> String {
    let mut text = String::new();
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let old = if fields[5].is_empty() { "null" } else { fields[5] };
        text.push_str(&format!(
            "{{\"ts\":{},\"operation\":\"{}\",\"table\":\"{}\",\"key\":\"{}\",\"bytes\":{},\"old_bytes\":{old}}}\n",
            fields[0], fields[1], fields[2], fields[3], fields[4],
        ));
    }
    text
}
