//! Whatever is in a file, it is read or refused.

use proptest::prelude::*;
use vecseal_data::import::Format;

use crate::import;

const FILES: [(Format, &[u8]); 3] = [
    (
        Format::JsonLines,
        b"{\"id\": 1, \"text\": \"a\xc3\xa4\", \"policy\": {\"any\": [\"roles:admin\"]}}\n{\"vector\": [1, 2]}",
    ),
    (Format::Csv, b"id,text,vector\n1,\"a\n\"\"b\",[1]\n2;,c,3 4\n"),
    (
        Format::Npy,
        b"\x93NUMPY\x01\x00\x3a\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)} \n\0\0\0\0\0\0\0\0",
    ),
];

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
