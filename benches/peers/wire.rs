//! As much of PostgreSQL's protocol as a bench needs: simple queries and COPY over a unix socket.
//!
//! Frontend/backend protocol 3.0 (PostgreSQL 15 documentation, chapter 55): a message is a letter, its
//! length with itself, and its body; a query is answered by rows until the server is ready again.

use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, bail};

/// A row's values as text; none is null.
pub(in crate::peers) type Values = Vec<Option<String>>;

/// A connection.
pub(in crate::peers) struct Wire {
    from: BufReader<UnixStream>,
    to: BufWriter<UnixStream>,
}

const PROTOCOL: i32 = 3 << 16;

impl Wire {
    /// Connects as `user`, whom the server trusts.
    pub(in crate::peers) fn connect(socket: &Path, user: &str, database: &str) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        let mut wire = Self { from: BufReader::new(stream.try_clone()?), to: BufWriter::new(stream) };
        let mut body = PROTOCOL.to_be_bytes().to_vec();
        for word in ["user", user, "database", database, ""] {
            body.extend_from_slice(word.as_bytes());
            body.push(0);
        }
        wire.to.write_all(&i32::try_from(body.len() + 4)?.to_be_bytes())?;
        wire.to.write_all(&body)?;
        wire.to.flush()?;
        wire.rows()?;
        Ok(wire)
    }

    /// Runs statements; the rows of all of them.
    pub(in crate::peers) fn query(&mut self, sql: &str) -> anyhow::Result<Vec<Values>> {
        self.send(b'Q', &[sql.as_bytes(), &[0]].concat())?;
        self.to.flush()?;
        self.rows().with_context(|| format!("in {sql}"))
    }

    /// Copies lines of tab separated values in.
    pub(in crate::peers) fn copy(
        &mut self,
        sql: &str,
        lines: impl Iterator<Item = anyhow::Result<String>>,
    ) -> anyhow::Result<()> {
        self.send(b'Q', &[sql.as_bytes(), &[0]].concat())?;
        self.to.flush()?;
        loop {
            match self.receive()? {
                (b'G', _) => break,
                (b'E', body) => bail!("{}", complaint(&body)),
                _ => {}
            }
        }
        for line in lines {
            self.send(b'd', line?.as_bytes())?;
        }
        self.send(b'c', &[])?;
        self.to.flush()?;
        self.rows()?;
        Ok(())
    }

    fn send(&mut self, letter: u8, body: &[u8]) -> anyhow::Result<()> {
        self.to.write_all(&[letter])?;
        self.to.write_all(&i32::try_from(body.len() + 4)?.to_be_bytes())?;
        Ok(self.to.write_all(body)?)
    }

    fn receive(&mut self) -> anyhow::Result<(u8, Vec<u8>)> {
        let mut head = [0u8; 5];
        self.from.read_exact(&mut head)?;
        let [letter, a, b, c, d] = head;
        let length = usize::try_from(i32::from_be_bytes([a, b, c, d]))?.saturating_sub(4);
        let mut body = vec![0; length];
        self.from.read_exact(&mut body)?;
        Ok((letter, body))
    }

    /// Rows until the server is ready; its first complaint otherwise.
    fn rows(&mut self) -> anyhow::Result<Vec<Values>> {
        let (mut rows, mut error) = (Vec::new(), None);
        loop {
            match self.receive()? {
                (b'D', body) => rows.push(values(&body)?),
                (b'E', body) if error.is_none() => error = Some(complaint(&body)),
                (b'Z', _) => break,
                _ => {}
            }
            // Nothing follows a complaint about the connection itself.
            if error.as_ref().is_some_and(|text| text.contains("FATAL")) {
                break;
            }
        }
        error.map_or(Ok(rows), |error| bail!("{error}"))
    }
}

fn values(body: &[u8]) -> anyhow::Result<Values> {
    let mut rest = body;
    let mut take = |length: usize| -> anyhow::Result<&[u8]> {
        let (taken, left) = rest.split_at_checked(length).context("a row is cut short")?;
        rest = left;
        Ok(taken)
    };
    let count = i16::from_be_bytes(take(2)?.try_into()?);
    let mut values = Vec::new();
    for _ in 0..count {
        let length = i32::from_be_bytes(take(4)?.try_into()?);
        let value = usize::try_from(length).ok().map(&mut take).transpose()?;
        values.push(value.map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
    }
    Ok(values)
}

/// Fields of an error: a letter and a text each, ended by zeros.
fn complaint(body: &[u8]) -> String {
    let fields = body.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    let texts = fields.filter_map(|field| match field.split_first() {
        Some((b'S' | b'M' | b'D', text)) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(": ")
}
