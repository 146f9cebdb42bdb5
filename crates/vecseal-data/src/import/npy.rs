//! NumPy's `.npy` (NEP 1, versions 1 to 3): a matrix of little-endian f16, f32 or f64, row by row.

use half::f16;
use vecseal::limits::{MAX_VECTOR_DIMENSION, MIN_VECTOR_DIMENSION};

use super::MAX_ROWS;
use super::problem::{Problem, ProblemKind};
use super::row::Matrix;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads a matrix of finite numbers, one vector a row.
pub(super) fn read(bytes: &[u8]) -> Result<Matrix, Problem> {
    let (header, data) = split(bytes).ok_or_else(|| refusal("it does not begin as a .npy file does"))?;
    let value = |key| value(header, key).ok_or_else(|| refusal(&format!("its header has no {key}")));
    if value("fortran_order")?.starts_with("True") {
        return Err(refusal("it is stored column by column: save numpy.ascontiguousarray(matrix)"));
    }
    let (rows, columns) = shape(value("shape")?)?;
    let count = rows.saturating_mul(columns);
    let values = match quoted(value("descr")?) {
        "<f2" => numbers(data, count, |bytes| f16::from_le_bytes(bytes).to_f32()),
        "<f4" => numbers(data, count, f32::from_le_bytes),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "vectors are f32; what does not fit is infinite"
        )]
        "<f8" => numbers(data, count, |bytes| f64::from_le_bytes(bytes) as f32),
        other => return Err(refusal(&format!("its numbers are `{other}`, not <f2, <f4 or <f8"))),
    }?;
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        return Err(ProblemKind::NotFinite.in_matrix((place / columns) as u64, (place % columns) as u64));
    }
    Ok(Matrix::new(columns, values))
}

fn refusal(why: &str) -> Problem {
    ProblemKind::Npy(why.into()).into()
}

/// Splits off the header: magic, version, length of the text (two bytes, since version 2 four), text.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&[version, _minor], rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (length, rest) = if version == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((str::from_utf8(header).ok()?, data))
}

/// Finds what stands behind a key of the header, a Python dictionary of three keys without nesting.
fn value<'header>(header: &'header str, key: &str) -> Option<&'header str> {
    let (_, behind) = header.split_once(&format!("'{key}':"))?;
    Some(behind.trim_start())
}

/// The text between the quotes that a value begins with.
fn quoted(value: &str) -> &str {
    value.split('\'').nth(1).unwrap_or_default()
}

/// Reads `(rows, columns)`.
fn shape(value: &str) -> Result<(usize, usize), Problem> {
    let inside = value.strip_prefix('(').and_then(|value| value.split(')').next()).unwrap_or_default();
    let sides: Vec<&str> = inside.split(',').map(str::trim).filter(|side| !side.is_empty()).collect();
    let [rows, columns] = sides.as_slice() else {
        return Err(refusal(&format!("it has {} axes, not two", sides.len())));
    };
    let side = |side: &str| {
        // Python 2 wrote `2L`.
        let digits = side.trim_end_matches('L');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let too_large = ProblemKind::TooLarge.into();
        digits.parse::<usize>().map_err(|_| {
            if is_number {
                too_large
            } else {
                refusal("its shape is no pair of numbers")
            }
        })
    };
    let (rows, columns) = (side(rows)?, side(columns)?);
    match (rows, columns) {
        (0, _) => Err(ProblemKind::Empty.into()),
        (rows, _) if rows > MAX_ROWS => Err(ProblemKind::TooLarge.into()),
        (_, found) if !(MIN_VECTOR_DIMENSION..=MAX_VECTOR_DIMENSION).contains(&found) => {
            Err(ProblemKind::DimensionOutOfRange { found }.into())
        }
        sides => Ok(sides),
    }
}

/// Reads so many numbers of `N` bytes, and nothing behind them.
fn numbers<const N: usize>(data: &[u8], count: usize, number: fn([u8; N]) -> f32) -> Result<Vec<f32>, Problem> {
    let (numbers, rest) = data.as_chunks();
    if numbers.len() != count || !rest.is_empty() {
        let (announced, found) = (count.saturating_mul(N), data.len());
        return Err(refusal(&format!("its header announces {announced} bytes of numbers, {found} are there")));
    }
    Ok(numbers.iter().map(|bytes| number(*bytes)).collect())
}
