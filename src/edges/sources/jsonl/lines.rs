//! Cutting bytes into lines, with bounded memory whatever comes.

/// Cuts a stream of bytes into lines. A line over the limit is counted but not kept.
#[derive(Debug)]
pub(super) struct Lines {
    most: usize,
    kept: Vec<u8>,
    /// Length of the line so far, kept or not.
    length: usize,
}

/// A complete line, without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The line; of one that is too long, its beginning.
    pub(super) bytes: Vec<u8>,
    /// Its length in bytes, without the newline.
    pub(super) length: usize,
}

impl Line {
    /// Whether the line was longer than the limit.
    pub(super) fn too_long(&self) -> bool {
        self.length > self.bytes.len()
    }
}

impl Lines {
    /// Lines of at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: Vec::new(), length: 0 }
    }

    /// Takes the bytes up to the first newline. Gives the line, if that completed one, and how many bytes were
    /// taken, the newline among them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (Option<Line>, usize) {
        let end = bytes.iter().position(|b| *b == b'\n');
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let room = self.most.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(part.get(..room).unwrap_or(part));
        self.length += part.len();
        match end {
            Some(end) => (Some(self.cut()), end + 1),
            None => (None, bytes.len()),
        }
    }

    /// What stands after the last newline, if anything.
    pub(super) fn rest(&mut self) -> Option<Line> {
        (self.length > 0).then(|| self.cut())
    }

    /// Length of what stands after the last newline.
    pub(super) fn pending(&self) -> usize {
        self.length
    }

    fn cut(&mut self) -> Line {
        let bytes = std::mem::take(&mut self.kept);
        Line { bytes, length: std::mem::take(&mut self.length) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(chunks: &[Vec<u8>], most: usize) -> Vec<Line> {
        let mut lines = Lines::new(most);
        let mut found = Vec::new();
        for chunk in chunks {
            let mut left = chunk.as_slice();
            while !left.is_empty() {
                let (line, taken) = lines.take(left);
                found.extend(line);
                left = &left[taken..];
                assert!(lines.kept.len() <= most);
            }
        }
        found.extend(lines.rest());
        found
    }

    #[test]
    fn a_line_too_long_is_counted_but_not_kept() {
        let found = cut(&[b"abc".to_vec(), b"defgh\nok\nlast".to_vec()], 4);
        let shown: Vec<_> = found
            .iter()
            .map(|l| (String::from_utf8_lossy(&l.bytes).into_owned(), l.length, l.too_long()))
            .collect();
        assert_eq!(shown, [("abcd".into(), 8, true), ("ok".into(), 2, false), ("last".into(), 4, false)]);
    }

    proptest! {
        #[test]
        fn how_the_bytes_arrive_changes_nothing(chunks in prop::collection::vec("[a-c\n]{0,9}", 0..9)) {
            let chunks: Vec<Vec<u8>> = chunks.into_iter().map(String::into_bytes).collect();
            let whole = chunks.concat();
            prop_assert_eq!(cut(&chunks, 5), cut(std::slice::from_ref(&whole), 5));
            let mut expected: Vec<&[u8]> = whole.split(|b| *b == b'\n').collect();
            if expected.last().is_some_and(|l| l.is_empty()) { expected.pop(); }
            let lengths: Vec<usize> = cut(&chunks, 5).iter().map(|l| l.length).collect();
            prop_assert_eq!(lengths, expected.iter().map(|l| l.len()).collect::<Vec<_>>());
        }
    }
}
