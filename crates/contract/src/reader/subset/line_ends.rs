//! Texts whose lines end in two characters, read as if they ended in one.

use super::document;
use crate::arena::{Document, Limits};

/// Reads a text of which every line ends in a carriage return and a line feed.
///
/// Both count as one line end, so that nothing but the places of bytes is other than in a text
/// without carriage returns.
pub(super) fn document_of_two<'t>(text: &'t str, limits: &Limits) -> Option<Document<'t>> {
    let plain = text.replace("\r\n", "\n");
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', plain.as_bytes()).collect();
    let is_every_end = plain.len() + ends.len() == text.len();
    if !is_every_end || plain.contains('\r') {
        return None;
    }
    let document = document(&plain, limits)?;
    Some(document.moved(text, |at| at + ends.partition_point(|end| *end < at)))
}
