//! Every limit of the format, in one place (`docs/FORMAT.md` §3).

/// Dimensions of an access structure.
pub const MAX_DIMENSIONS: usize = 16;
/// Attributes of one dimension.
pub const MAX_ATTRIBUTES: usize = 1_024;
/// Bytes of a dimension's or attribute's name.
pub const MAX_NAME_BYTES: usize = 64;
/// Clauses of a policy in normal form, and slots of a header.
pub const MAX_CLAUSES: usize = 256;
/// Bytes of a policy's or structure's text.
pub const MAX_TEXT_BYTES: usize = 65_536;
/// Nesting of a policy.
pub const MAX_DEPTH: usize = 64;
/// Right secrets in one user key, and rotated rights of one authority.
pub const MAX_RIGHTS: usize = 65_536;
/// Rights in one writer key.
pub const MAX_WRITER_RIGHTS: usize = 4_096;
/// Fewest dimensions of a vector.
pub const MIN_VECTOR_DIMENSION: usize = 2;
/// Most dimensions of a vector.
pub const MAX_VECTOR_DIMENSION: usize = 65_536;
/// Bytes of a record's content.
pub const MAX_CONTENT_BYTES: usize = 16 * 1_024 * 1_024;
/// Bytes of a source document id.
pub const MAX_SOURCE_BYTES: usize = 1_024;
/// Bytes of an embedding model's name.
pub const MAX_MODEL_BYTES: usize = 256;
/// Bytes of a collection's name.
pub const MAX_COLLECTION_BYTES: usize = 255;
/// Bytes of a header.
pub const MAX_HEADER_BYTES: usize = 512 * 1_024;
/// Bytes of a record.
pub const MAX_RECORD_BYTES: usize = 20 * 1_024 * 1_024;
/// Bytes of an authority, user key, writer key or search key.
pub const MAX_KEY_BYTES: usize = 64 * 1_024 * 1_024;
/// Noise radius, as a multiple of the vectors' scale.
pub const MAX_NOISE: f32 = 16.0;
/// Scale of vectors that are not normalised: 2^64.
pub const MAX_SCALE: f32 = 18_446_744_073_709_551_616.0;
/// Euclidean norm of a vector: 2^100.
pub const MAX_NORM: f64 = 1_267_650_600_228_229_401_496_703_205_376.0;
/// Candidates fetched for each result wanted.
pub const MAX_OVERSAMPLING: u16 = 1_024;
