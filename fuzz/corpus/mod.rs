//! The texts that are kept for fuzz targets, for tests that try each of them once.

use std::path::Path;

/// Tries every kept text of a target.
#[allow(dead_code, reason = "some targets read bytes")]
pub fn each_text(target: &str, holds: impl Fn(&str)) {
    each(target, |bytes| {
        // A target that reads texts is not asked about others.
        if let Ok(text) = std::str::from_utf8(bytes) {
            holds(text);
        }
    });
}

/// Tries the bytes of everything that is kept for a target.
pub fn each(target: &str, holds: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let path = folder.join(target).with_extension("jsonl");
    let lines = std::fs::read_to_string(path).expect("kept texts");
    assert!(!lines.is_empty(), "nothing is kept for `{target}`");
    for line in lines.lines() {
        match serde_json::from_str(line).expect("a line of JSON") {
            serde_json::Value::String(text) => holds(text.as_bytes()),
            bytes => holds(&serde_json::from_value::<Vec<u8>>(bytes).expect("a list of bytes")),
        }
    }
}
