//! Tagged frames: one byte of tag, four of length (little endian), the body.
//!
//! A reader states the longest body it takes; a longer one is an error before a byte of it is read,
//! and a stated length that never comes costs no memory.

use std::io::{self, Read, Write};

use crate::sandbox::SandboxError;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the body is; the two sides agree.
    pub tag: u8,
    /// The body.
    pub body: Vec<u8>,
}

/// Writes one frame; flushing is the caller's.
///
/// # Errors
/// The pipe broke, or the body is over 4 GiB.
pub fn write(to: &mut dyn Write, tag: u8, body: &[u8]) -> Result<(), SandboxError> {
    let length = u32::try_from(body.len())
        .map_err(|_| SandboxError::FrameTooLong { bytes: body.len() as u64, bytes_max: u32::MAX as usize })?;
    let [a, b, c, d] = length.to_le_bytes();
    to.write_all(&[tag, a, b, c, d])?;
    to.write_all(body)?;
    Ok(())
}

/// Reads the next frame; `None` at the end of the stream.
///
/// # Errors
/// The body is over `bytes_max`, the stream ends inside a frame, or the pipe broke.
pub fn read(from: &mut dyn Read, bytes_max: usize) -> Result<Option<Frame>, SandboxError> {
    let mut tag = [0];
    if !fills(from, &mut tag)? {
        return Ok(None);
    }
    let mut length = [0; 4];
    if !fills(from, &mut length)? {
        return Err(SandboxError::FrameCut);
    }
    let length = u64::from(u32::from_le_bytes(length));
    if length > bytes_max as u64 {
        return Err(SandboxError::FrameTooLong { bytes: length, bytes_max });
    }
    let mut body = Vec::new();
    if from.take(length).read_to_end(&mut body)? as u64 != length {
        return Err(SandboxError::FrameCut);
    }
    let [tag] = tag;
    Ok(Some(Frame { tag, body }))
}

fn fills(from: &mut dyn Read, buffer: &mut [u8]) -> Result<bool, SandboxError> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_over_the_limit_is_refused_before_its_body_is_read() {
        let mut stream: &[u8] = &[7, 255, 255, 255, 255, 1];
        let error = read(&mut stream, 10).unwrap_err();
        assert!(matches!(error, SandboxError::FrameTooLong { bytes: 4_294_967_295, bytes_max: 10 }));
        assert_eq!(stream, [1]);
    }

    #[test]
    fn a_stream_that_ends_inside_a_frame_is_an_error() {
        for cut in [&[7u8, 3, 0][..], &[7, 3, 0, 0, 0, 1, 2]] {
            assert!(matches!(read(&mut &*cut, 10), Err(SandboxError::FrameCut)));
        }
        assert_eq!(read(&mut &[][..], 10).unwrap(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(frames in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..200)), 0..8)) {
            let mut stream = Vec::new();
            for (tag, body) in &frames {
                write(&mut stream, *tag, body).unwrap();
            }
            let mut stream = &stream[..];
            let mut got = Vec::new();
            while let Some(frame) = read(&mut stream, 200).unwrap() {
                got.push((frame.tag, frame.body));
            }
            prop_assert_eq!(got, frames);
        }
    }
}
