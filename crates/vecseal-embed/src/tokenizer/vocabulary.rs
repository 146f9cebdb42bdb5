//! The tokens that the model knows, found by their text.

/// Tokens in one text, found by a hash of their bytes. Half a megabyte for 24,000, instead of a string and an entry of a
/// map each.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    text: Box<str>,
    /// Where each token begins in the text, and one more.
    starts: Vec<u32>,
    /// One more than a token's id, at its hash or in the next free place; 0 is free. Half of the places are.
    slots: Vec<u32>,
    longest: usize,
}

/// What marks a piece that continues a word.
const INSIDE: &str = "##";

impl Vocabulary {
    /// Takes one token a line; a token's id is the number of its line.
    pub(crate) fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let mut end = 0;
        for line in text.split('\n') {
            end += line.len() + 1;
            starts.push(u32::try_from(end).unwrap_or(u32::MAX));
        }
        let tokens = starts.len() - 1;
        let mut vocabulary = Self {
            text: text.into(),
            starts,
            slots: vec![0; (2 * tokens).next_power_of_two()],
            longest: text.split('\n').map(str::len).max().unwrap_or_default(),
        };
        for (token, number) in text.split('\n').zip(1..) {
            let slot = vocabulary.slot(&[token]);
            if let Some(slot) = vocabulary.slots.get_mut(slot) {
                *slot = number;
            }
        }
        vocabulary
    }

    /// Returns the id of a token.
    pub(crate) fn id(&self, token: &str) -> Option<u32> {
        self.find(&[token])
    }

    /// Returns the longest token that the text begins with: its id, and how many bytes of the text it takes. Inside of
    /// a word only tokens marked so count.
    pub(crate) fn longest_piece(&self, text: &str, inside: bool) -> Option<(u32, usize)> {
        let mark = if inside { INSIDE } else { "" };
        let longest = text.len().min(self.longest);
        let mut pieces = (1..=longest).rev().filter_map(|end| text.get(..end));
        pieces.find_map(|piece| Some((self.find(&[mark, piece])?, piece.len())))
    }

    /// Finds a token by its parts.
    fn find(&self, parts: &[&str]) -> Option<u32> {
        self.slots.get(self.slot(parts))?.checked_sub(1)
    }

    /// The place of a token by its parts, or the free one where it would be.
    fn slot(&self, parts: &[&str]) -> usize {
        let bytes = || parts.iter().flat_map(|part| part.bytes());
        // FNV-1a.
        let hash = bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(id) = self.slots.get(slot).and_then(|number| number.checked_sub(1))
            && !self.token(id).bytes().eq(bytes())
        {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn token(&self, id: u32) -> &str {
        let at = |number: usize| self.starts.get(number).map_or(0, |start| *start as usize);
        // Less the end of its line.
        self.text.get(at(id as usize)..at(id as usize + 1).saturating_sub(1)).unwrap_or_default()
    }
}
