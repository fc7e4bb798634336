//! The process: parse, dispatch, exit code.

use std::fs::File;
use std::os::fd::AsFd;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().map(String::as_str).eq(["worker", "sql"])
        && let Ok(stdout) = std::io::stdout().as_fd().try_clone_to_owned()
    {
        return thanhtra::sql::worker::run(std::io::stdin(), File::from(stdout));
    }
    ExitCode::from(2)
}
