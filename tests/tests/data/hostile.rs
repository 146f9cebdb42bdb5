//! Whatever is in a file, it is read or refused.

use proptest::prelude::*;
use vecseal_data::import::Format;

use crate::import;

const FILES: [(Format, &[u8]); 3] = [
    (
        Format::JsonLines,
        b"{\"id\": 1, \"text\": \"a\xc3\xa4\", \"policy\": {\"any\": [{\"roles\": [\"admin\"]}]}, \"vector\": [1, 2.5]}\n{\"vector\": [1, 2], \"id\": 3}",
    ),
    (Format::Csv, b"id,text,vector,policy\n1,\"a\n\"\"b\",\"[1, 2]\",roles:admin\r\n2,c,3 4,\n"),
    (Format::Npy, b"\x93NUMPY\x01\x00\x3b\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)} \n\0\0\0\0\0\0\0\0"),
];

/// Or the changes below would start from files that nothing reads.
#[test]
fn the_files_import_as_they_are() {
    for file in FILES {
        import(&[file]).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (format, _) in FILES {
            drop(import(&[(format, &bytes)]));
        }
    }

    #[test]
    fn any_change_to_a_file_is_read_or_refused(
        places in prop::collection::vec((0..120_usize, any::<u8>()), 1..6),
        cut in 0..120_usize,
    ) {
        for (format, bytes) in FILES {
            let mut bytes = bytes.to_vec();
            for (place, byte) in &places {
                if let Some(there) = bytes.get_mut(*place) {
                    *there = *byte;
                }
            }
            drop(import(&[(format, &bytes)]));
            bytes.truncate(cut);
            drop(import(&[(format, &bytes)]));
        }
    }
}
