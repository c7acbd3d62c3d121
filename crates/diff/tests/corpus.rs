//! Texts that fuzzing found worth keeping, compared on every build.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "../../../fuzz/corpus/mod.rs"]
mod corpus;
mod oracle;

#[test]
fn kept_texts_are_compared() {
    corpus::each_text("compare_contracts", oracle::compare_contracts);
}
