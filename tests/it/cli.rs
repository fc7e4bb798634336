//! The command line as a user meets it: the real program in a folder of its own.
//!
//! What is data, what is said, and what the exit code is. The language is Vietnamese unless a test says
//! otherwise, and nothing comes from the environment of whoever runs the tests.

mod answers;
mod demo;
mod duplicates;
mod errors;
mod eval;
mod help;
mod ingest;
mod language;
mod maintain;
mod parallel;
mod reports;
mod rules;
mod widen;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// Petitions: a form letter sent twice, and a third about something else.
pub(crate) const PETITIONS: &str = "source_id,kind,title,text,received_on,unit,status\n\
    1,complaint,Khiếu nại bồi thường đất đai,Gia đình tôi khiếu nại quyết định thu hồi đất của Ủy ban nhân dân \
    huyện vì mức bồi thường thấp hơn giá thị trường nhiều lần và chưa bố trí tái định cư,02/01/2025,UBND xã A,new\n\
    2,complaint,Khiếu nại bồi thường đất đai,Gia đình tôi khiếu nại quyết định thu hồi đất của Ủy ban nhân dân \
    huyện vì mức bồi thường thấp hơn giá thị trường nhiều lần và chưa bố trí tái định cư,05/02/2025,UBND xã B,new\n\
    3,feedback,Kiến nghị sửa đường,Đoạn đường liên thôn hư hỏng nặng đề nghị sửa chữa sớm để bà con đi lại,\
    10/03/2025,UBND xã A,closed\n";

/// A folder with a store in it.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a run of the program left.
pub(crate) struct Run {
    /// Exit code.
    pub(crate) code: i32,
    /// Data.
    pub(crate) stdout: String,
    /// Words.
    pub(crate) stderr: String,
}

impl Desk {
    /// An empty folder.
    pub(crate) fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// An empty store.
    pub(crate) fn new() -> Self {
        let desk = Self::bare();
        desk.run(["init"]).ok();
        desk
    }

    /// A store with [`PETITIONS`].
    pub(crate) fn with_petitions() -> Self {
        let desk = Self::new();
        let file = desk.file("petitions.csv", PETITIONS);
        desk.run(["ingest", "petitions", &file]).ok();
        desk
    }

    /// Where the store is.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("kho")
    }

    /// Writes a file beside the store; its path.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Path of a file beside the store.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, about to run on this store.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thanhtra"));
        command.env_clear().current_dir(self.folder.path()).env("THANHTRA_DATA", self.data()).args(arguments);
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        Run::of(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs the program with `input` on stdin.
    pub(crate) fn run_with<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &str,
    ) -> Run {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }
}

impl Run {
    fn of(output: Output) -> Self {
        let code = output.status.code().expect("the program ended by a signal");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Holds that it succeeded; its data.
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }

    /// Holds that it failed with `code`, without data and in one line; what it said.
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{}", self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        self.stderr
    }

    /// The last line of data, as JSON.
    pub(crate) fn last_json(self) -> Json {
        serde_json::from_str(self.ok().lines().last().unwrap()).unwrap()
    }
}
