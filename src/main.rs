//! The `ddbplan` command: arguments in, one library call, bytes out.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
