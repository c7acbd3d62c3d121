//! What is kept of one file in, bytes out, and back.

use std::borrow::Cow;

use meshlaw_report::Finding;

use super::{Filed, Place};
use crate::crossing::Reliance;
use crate::verdicts::{Record, facts};

/// Bytes that say where a record stands and how long it is, the same of what is wrong, and of what
/// is said of others.
pub(super) const PLACE: usize = 36;

impl Place {
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let parts = [
            (self.at, self.length),
            (self.own_at, self.own_length),
            (self.crossed_at, self.crossed_length),
        ];
        for (at, length) in parts {
            to.extend(at.to_le_bytes());
            // No file of a contract is that long.
            to.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
    }

    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut part = || {
            let (at, rest) = bytes.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            bytes = rest;
            Some((
                u64::from_le_bytes(*at),
                u64::from(u32::from_le_bytes(*length)),
            ))
        };
        let ((at, length), (own_at, own_length)) = (part()?, part()?);
        let (crossed_at, crossed_length) = part()?;
        Some(Self {
            at,
            length,
            own_at,
            own_length,
            crossed_at,
            crossed_length,
        })
    }
}

/// Writes a record so that it is read without a copy.
pub(super) fn frame(to: &mut Vec<u8>, path: &str, record: &Record<'_>) {
    let date = record.date.as_deref().unwrap_or_default();
    let parts = [
        path.as_bytes(),
        &record.stamp,
        &record.readers,
        date.as_bytes(),
        &record.facts,
    ];
    for part in parts {
        to.extend(small(part.len()).to_le_bytes());
        to.extend(part);
    }
}

fn next<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// Reads what is kept of a file, but for what is wrong with it.
pub(super) fn filed(
    mut bytes: &[u8],
    (crossed, relies): (Vec<Finding>, Vec<Reliance>),
) -> Option<Filed> {
    let mut part = || next(&mut bytes);
    let (path, stamp) = (part()?, part()?);
    let (_, _, own) = (part()?, part()?, part()?);
    Some(Filed {
        path: std::str::from_utf8(path).ok()?.to_owned(),
        stamp: stamp.to_vec(),
        outcome: facts(own)?,
        crossed,
        relies,
    })
}

/// Reads the record of a file, with its path.
pub(super) fn record_of<'b>(
    mut bytes: &'b [u8],
    findings: &'b [u8],
) -> Option<(Cow<'b, str>, Record<'b>)> {
    let mut part = || next(&mut bytes);
    let (path, stamp, readers) = (part()?, part()?, part()?);
    let (date, facts) = (std::str::from_utf8(part()?).ok()?, part()?);
    let record = Record {
        stamp: Cow::Borrowed(stamp),
        readers: Cow::Borrowed(readers),
        date: (!date.is_empty()).then_some(Cow::Borrowed(date)),
        facts: Cow::Borrowed(facts),
        findings: Cow::Borrowed(findings),
    };
    Some((Cow::Borrowed(std::str::from_utf8(path).ok()?), record))
}

/// No file of contracts is that large.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
