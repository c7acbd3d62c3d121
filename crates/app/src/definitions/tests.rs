//! What contracts say, counted in any order.

use meshlaw_contract::{Format, Limits, parse_contracts};

use super::*;

fn contract(text: &str) -> Contract {
    let parsed = parse_contracts(text, Format::Native, &Limits::default()).remove(0);
    parsed.value.unwrap()
}

fn said(fields: &str) -> Sayings {
    let text = format!("schema: a\nfields:\n{fields}");
    Scribe::new(&Settings::default()).said(&contract(&text))
}

fn count(sayings: &Sayings) -> usize {
    sayings.iter().count()
}

#[test]
fn fields_that_mean_the_same_say_the_same() {
    let one = said("- { name: customer_id, type: string, format: ISO-4217, enum: [a, b] }\n");
    assert_eq!(count(&one), 3);
    let same = [
        "- { name: customerId, type: uuid, format: iso 4217, enum: [b, a] }\n",
        "- { name: o, type: object, fields: [{ name: customer_id, type: string, format: ISO4217, enum: [a, b] }] }\n",
        "- { name: customer_id, type: string, format: ISO-4217, enum: [a, b] }\n- { name: id, type: long }\n",
    ];
    for other in same {
        assert_eq!(said(other), one, "{other}");
    }
    let other = said("- { name: customer_id, type: long, format: ISO 4217, enum: [a, c] }\n");
    let same = other
        .iter()
        .filter(|said| one.iter().any(|known| known == *said));
    assert_eq!(same.count(), 1);
}

#[test]
fn what_a_term_defines_or_what_goes_says_nothing() {
    for fields in [
        "- { name: customer_id, type: string, term: customer_id }\n",
        "- { name: customer_id, type: string, deprecated: { sunset: 2027-01-01 } }\n",
        "- { name: id, type: string }\n- { name: total, type: decimal }\n",
    ] {
        assert_eq!(count(&said(fields)), 0, "{fields}");
    }
    for top in [
        "status: deprecated",
        "status: retired",
        "deprecated: { sunset: 2027-01-01 }",
    ] {
        let text = format!("schema: a\n{top}\nfields: [{{ name: customer_id, type: long }}]\n");
        let said = Scribe::new(&Settings::default()).said(&contract(&text));
        assert_eq!(count(&said), 0, "{top}");
    }
    let mut settings = Settings::default();
    settings.levels.insert(ID.to_owned(), Level::Off);
    let text = "schema: a\nfields: [{ name: customer_id, type: long }]\n";
    assert_eq!(count(&Scribe::new(&settings).said(&contract(text))), 0);
}

#[test]
fn a_tally_is_the_same_in_any_order() {
    let long = said("- { name: customer_id, type: long }\n");
    let text = said("- { name: customer_id, type: string }\n");
    let files = [&long, &text, &text, &long, &text];
    let sum = |order: &[&[usize]]| {
        let mut sum = Tally::default();
        for part in order {
            let mut tally = Tally::default();
            for at in *part {
                let file = u32::try_from(*at).unwrap();
                tally.add(file, std::slice::from_ref(files[*at]));
            }
            sum.extend(tally);
        }
        let mut all: Vec<_> = sum
            .sayings()
            .into_iter()
            .map(|(_, saying, files)| (saying, read_files(&files).unwrap()))
            .collect();
        all.sort_by_key(|(saying, _)| saying.file);
        all
    };
    let one = sum(&[&[0, 1, 2, 3, 4]]);
    assert_eq!(one.len(), 2);
    assert_eq!((one[0].0.count, one[1].0.count), (2, 3));
    assert_eq!((&*one[0].1, &*one[1].1), (&[0, 3][..], &[1, 2, 4][..]));
    assert_eq!(sum(&[&[4, 2], &[3, 0, 1]]), one);
    assert_eq!(sum(&[&[1], &[0], &[], &[4, 3, 2]]), one);
}

#[test]
fn sayings_are_written_as_bytes_and_as_digits() {
    let one = said("- { name: customer_id, type: long, enum: [1] }\n");
    let bytes = postcard::to_stdvec(&one).unwrap();
    assert_eq!(bytes.len(), 25);
    assert_eq!(postcard::from_bytes::<Sayings>(&bytes).unwrap(), one);
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(text.len(), 50);
    assert_eq!(serde_json::from_str::<Sayings>(&text).unwrap(), one);
    assert!(serde_json::from_str::<Sayings>("\"xy\"").is_err());
}
