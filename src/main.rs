//! The `ddbplan` command.
fn main() {}
