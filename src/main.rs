//! The process: what was typed goes in, an exit code comes out.

use std::process::ExitCode;

fn main() -> ExitCode {
    thanhtra::cli::run(std::env::args_os().collect())
}
