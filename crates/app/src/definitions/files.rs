//! Numbers of files in, as few bytes as they need out.
//!
//! Millions of fields say the same few things of the same names, and files are mostly seen one after
//! the other, so that how far each is from the one before takes a byte or two.

/// Bits of a number that a byte holds; the highest says that more follow.
const BITS: u32 = 7;

/// Files, in the order in which they were seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Files {
    bytes: Vec<u8>,
    last: u32,
    /// Files that others saw.
    others: Vec<Files>,
}

impl Files {
    /// Adds a file, unless it was the last.
    pub(super) fn add(&mut self, number: u32) {
        if self.bytes.is_empty() || number != self.last {
            // The sign goes into the lowest bit.
            let step = i64::from(number) - i64::from(self.last);
            write(
                &mut self.bytes,
                ((step << 1) ^ (step >> 63)).cast_unsigned(),
            );
            self.last = number;
        }
    }

    /// Adds files that another thread saw.
    pub(super) fn extend(&mut self, other: Files) {
        self.others.push(other);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the files, in the order in which they were added.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.bytes.len());
        self.add_to(&mut numbers);
        numbers
    }

    fn add_to(&self, numbers: &mut Vec<u32>) {
        let (mut bytes, mut last) = (&*self.bytes, 0_i64);
        while let Some(step) = next(&mut bytes) {
            last += (step >> 1).cast_signed() ^ -(step & 1).cast_signed();
            numbers.extend(u32::try_from(last));
        }
        self.others.iter().for_each(|other| other.add_to(numbers));
    }
}

/// Writes files down, sorted, each once.
pub(super) fn written(mut numbers: Vec<u32>) -> Vec<u8> {
    // Each thread saw them mostly in order, and runs that are in order are but merged.
    numbers.sort();
    numbers.dedup();
    let (mut bytes, mut last) = (Vec::new(), 0);
    for number in numbers {
        write(&mut bytes, u64::from(number - last));
        last = number;
    }
    bytes
}

/// Reads files that were written down; none where those are no numbers.
pub fn read(mut bytes: &[u8]) -> Option<Vec<u32>> {
    let (mut numbers, mut last) = (Vec::new(), 0_u32);
    while !bytes.is_empty() {
        last = last.checked_add(u32::try_from(next(&mut bytes)?).ok()?)?;
        numbers.push(last);
    }
    Some(numbers)
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >> BITS != 0 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= BITS;
    }
    bytes.push(number as u8);
}

fn next(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(BITS as usize) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn files_are_what_was_added(numbers in prop::collection::vec(any::<u32>(), 0..40)) {
            let mut files = Files::default();
            numbers.iter().for_each(|number| files.add(*number));
            let mut wanted = numbers.clone();
            wanted.dedup();
            prop_assert_eq!(files.numbers(), wanted.clone());
            let mut joined = files.clone();
            joined.extend(files);
            prop_assert_eq!(joined.numbers(), [&*wanted, &wanted].concat());
            let mut wanted = numbers.clone();
            wanted.sort_unstable();
            wanted.dedup();
            prop_assert_eq!(read(&written(numbers)), Some(wanted));
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            let _ = read(&bytes);
        }
    }
}
