//! Packed files: honest ones, truncated ones, and those that unpack without end.

use super::columns::some_parquet;
use super::*;

const PLAIN: &[u8] = b"id,title\n1,a\n2,b\n";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn packed_files_are_read_whole_even_in_several_members() {
    let (first, second) = PLAIN.split_at(12);
    let twice = [gz(first), gz(second)].concat();
    let frames = [zstd::encode_all(first, 1).unwrap(), zstd::encode_all(second, 1).unwrap()].concat();
    for (name, bytes) in [
        ("x.csv.gz", gz(PLAIN)),
        ("x.csv.gz", twice),
        ("x.csv.zst", frames),
        ("x.csv.zst", zstd::encode_all(PLAIN, 3).unwrap()),
    ] {
        assert_eq!(letters(name, bytes).unwrap().records.len(), 2, "{name}");
    }
    let parquet = letters("x.parquet.zst", zstd::encode_all(some_parquet().as_slice(), 1).unwrap()).unwrap();
    assert_eq!(parquet.report.read, 2);
}

#[test]
fn truncated_or_misnamed_packing_is_one_clear_error() {
    let long: Vec<u8> = (0..20_000u32)
        .flat_map(|row| format!("{row},{}\n", row.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    let long = [b"id,title\n".as_slice(), &long].concat();
    for (name, bytes) in
        [("x.csv.gz", gz(&long)), ("x.csv.zst", zstd::encode_all(long.as_slice(), 1).unwrap())]
    {
        for cut in [20, bytes.len() / 2, bytes.len() - 2] {
            assert_eq!(fault(letters(name, &bytes[..cut])), "file.packed", "{name} cut at {cut}");
        }
    }
    assert_eq!(fault(letters("x.csv.gz", PLAIN)), "file.wrong_type");
    assert_eq!(fault(letters("x.csv.gz", zstd::encode_all(PLAIN, 1).unwrap())), "file.wrong_type");
    assert_eq!(fault(letters("x.csv", gz(PLAIN))), "file.wrong_type");
    assert_eq!(fault(letters("x.csv.gz", b"")), "file.empty");
}

/// Zeros without end and without memory.
struct Endless;

impl Read for Endless {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        to.fill(b'\n');
        Ok(to.len())
    }
}

#[test]
fn a_file_that_unpacks_to_a_thousand_times_its_size_is_refused() {
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.write_all(b"id,title\n").unwrap();
    io::copy(&mut Endless.take(64 * 1024 * 1024), &mut packer).unwrap();
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() * 1000 < 48 * 1024 * 1024, "{}", bomb.len());
    let error = letters("x.csv.zst", bomb).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("file.bomb", ErrorKind::TooLarge));
}
