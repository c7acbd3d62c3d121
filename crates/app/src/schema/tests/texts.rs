//! Texts of every form, well and badly put together: schema and reading take the same ones.

use serde_json::{Value, json};

use super::Form;
use super::mutation::Dice;
use super::verdict::{Judge, Tally, Verdict};

/// Pieces of texts of a form, and a document that holds such a text.
struct Soup {
    form: Form,
    kind: &'static str,
    pieces: &'static [&'static str],
    document: fn(Value) -> Value,
}

const SOUPS: &[Soup] = &[
    Soup {
        form: Form::Bound,
        kind: "contract",
        pieces: &[
            "2027-01-31",
            "2027",
            "-",
            "10",
            ":",
            "30",
            "10:00",
            "08:30:00",
            "23:59:60",
            ".5",
            ",25",
            "T",
            "t",
            " ",
            "Z",
            "z",
            "+02",
            "+02:00",
            "-0530",
            "[Europe/Berlin]",
            "[UTC]",
            "20270131",
            "2027-01-31T10:00",
        ],
        document: |text| {
            contract(
                "fields",
                json!([{ "name": "a", "type": "map", "max": text }]),
            )
        },
    },
    Soup {
        form: Form::Contract,
        kind: "consumer",
        pieces: &["a", "b c", "/", " ", "é", "\n"],
        document: |text| using(json!({ "contract": text })),
    },
    Soup {
        form: Form::Date,
        kind: "consumer",
        pieces: &[
            "2027-01-", "2027-02-", "2028-02-", "2027-12-", "2027-13-", "2027-00-", "2027-2-",
            "00", "01", "1", "28", "29", "30", "31", "32", "T10:00", "Z", " ", "-",
        ],
        document: |text| using(json!({ "contract": "a/b", "until": text })),
    },
    Soup {
        form: Form::Duration,
        kind: "contract",
        pieces: &[
            "1", "15", "007", ".5", ",5", " ", ", ", ",", "y", "years", "mo", "month", "w",
            "weeks", "d", "days", "h", "hrs", "m", "min", "minutes", "s", "seconds", "ms", "us",
            "\u{b5}s", "ns", "P", "p", "PT", "t", "Y", "M", "D", "H", "S", "+", ":", "10:00:00",
            "soon", "2h", "1 day",
        ],
        document: |text| contract("retention", text),
    },
    Soup {
        form: Form::Hash,
        kind: "settings",
        pieces: &[
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha256:",
            "SHA256:",
            "e3b0c44298fc1c149afbf4c8996fb924",
            "27ae41e4649b934ca495991b7852b855",
            "E3B0C44298FC1C149AFBF4C8996FB924",
            "g",
            " ",
            "\n",
        ],
        document: |text| bundle("hash", text),
    },
    Soup {
        form: Form::Name,
        kind: "contract",
        pieces: &["a", " ", ".", "é", "\t", "0", "/"],
        document: |text| contract("fields", json!([{ "name": text, "type": "date" }])),
    },
    Soup {
        form: Form::OneContract,
        kind: "waiver",
        pieces: &["a", "b c", "/", " ", "é", "*", "?"],
        document: |text| waiver("contract", text),
    },
    Soup {
        form: Form::OneId,
        kind: "waiver",
        pieces: &["org", "a-b", "/", " ", "é", "*", "?", "\t"],
        document: |text| waiver("policy", text),
    },
    Soup {
        form: Form::OneName,
        kind: "waiver",
        pieces: &["a", "*", " ", "?", "\n", "é"],
        document: |text| waiver("pointer", json!(["fields", text])),
    },
    Soup {
        form: Form::Percentage,
        kind: "contract",
        pieces: &[
            "0", "9", "99", "100", ".", "5", "000", "1234567", "%", "%", " ", "-", "+", "e1",
        ],
        document: |text| contract("sla", json!({ "availability": text })),
    },
    Soup {
        form: Form::PublicKey,
        kind: "settings",
        pieces: &[
            "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
            "RWQf6LRCGA9i53mlYecO4IzT51TG",
            "RURf6LRCGA9i53mlYecO4IzT51TG",
            "RWAf6LRCGA9i53mlYecO4IzT51TG",
            "PpvWucNSCh1CBM0QTaLn73Y7GFO3",
            "PpvWucNSCh1CBM0QTaLn73Y7GFO=",
            "/",
            " ",
            "\n",
        ],
        document: |text| bundle("keys", json!([text])),
    },
    Soup {
        form: Form::Version,
        kind: "contract",
        pieces: &[
            "0", "1", "10", "01", ".", "2.1.0", "1.0.", "-", "+", "rc", "a-b", "0a", "v", " ", "x",
            "*",
        ],
        document: |text| contract("version", text),
    },
    Soup {
        form: Form::VersionRange,
        kind: "consumer",
        pieces: &[
            "0", "1", "10", "01", ".", ".", "2.1.0", "-", "+", "rc", "^", "~", ">", "<", "=", ">=",
            ",", " ", "x", "X", "*", "v",
        ],
        document: |text| using(json!({ "contract": "a/b", "version": text })),
    },
];

/// Returns a consumer with one use.
pub fn using(usage: Value) -> Value {
    json!({ "consumer": "a", "owner": "b", "uses": [usage] })
}

/// Returns a contract with a key of one's choice.
pub fn contract(key: &str, value: Value) -> Value {
    let mut contract = json!({ "schema": "a", "version": "1.0.0", "owner": "b", "fields": [] });
    contract[key] = value;
    contract
}

/// Returns settings that name a bundle, with a key of one's choice.
fn bundle(key: &str, value: Value) -> Value {
    let mut bundle = json!({
        "path": "a.bundle",
        "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "keys": ["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
    });
    bundle[key] = value;
    json!({ "bundles": [bundle] })
}

fn waiver(key: &str, value: Value) -> Value {
    let mut waiver = json!({
        "waiver": "W-1", "policy": "field-removed", "contract": "a/b", "reason": "c",
        "approved_by": "d", "expires": "2027-01-31",
    });
    waiver[key] = value;
    waiver
}

#[test]
fn texts_of_every_form_are_judged_alike() {
    for (seed, soup) in (0..).zip(SOUPS) {
        let judge = Judge::of(soup.kind);
        let (mut dice, mut tally) = (Dice::new(seed), Tally::default());
        for _ in 0..5_000 {
            let count = 1 + dice.below(6);
            let text: String = (0..count).map(|_| *dice.pick(soup.pieces)).collect();
            let document = (soup.document)(Value::from(text));
            tally.hear(judge.judge(&document));
        }
        tally.close(&format!("{:?}", soup.form));
        assert!(tally.count(Verdict::Accepted) > 20, "{:?}", soup.form);
    }
}

#[test]
fn every_form_of_text_is_tried() {
    let tried = SOUPS.iter().map(|soup| soup.form);
    let known = Form::ALL
        .iter()
        .copied()
        .filter(|form| *form != Form::Filled);
    assert!(tried.eq(known));
}
