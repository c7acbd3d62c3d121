//! Texts that fuzzing found worth keeping, read on every build.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "../../../fuzz/corpus/mod.rs"]
mod corpus;
mod oracle;

#[test]
fn kept_texts_are_read() {
    corpus::each_text("locate_round_trip", oracle::locate_round_trip);
    corpus::each_text("parse_consumer", oracle::parse_consumer);
    corpus::each_text("parse_contract", oracle::parse_contract);
    corpus::each_text("parse_odcs", oracle::parse_odcs);
    corpus::each_text("parse_term", oracle::parse_term);
    corpus::each_text("parse_waiver", oracle::parse_waiver);
    corpus::each_text("read_yaml", oracle::read_yaml);
}

#[test]
fn kept_texts_are_read_the_same_by_both_readers() {
    corpus::each_text("same_reading", oracle::same_reading);
}
