//! Every format, with the same reports.

mod sample;

use meshlaw_report::formats::{Format, Style, json, render};
use meshlaw_report::{Report, Severity};

const PLAIN: Style = Style {
    color: false,
    width: 100,
    is_terminal: false,
    links: None,
};
const COLOR: Style = Style {
    color: true,
    width: 100,
    is_terminal: false,
    links: None,
};

fn every_report() -> Vec<(&'static str, Report)> {
    vec![
        ("audit", sample::audit()),
        ("bootstrap_gate", sample::bootstrap_gate()),
        ("broken_check", sample::broken_check()),
        ("diff", sample::diff()),
        ("failing_gate", sample::failing_gate()),
        ("hostile_check", sample::hostile_check()),
        ("passing_gate", sample::passing_gate()),
    ]
}

#[test]
fn every_format_shows_every_report() {
    for (name, report) in every_report() {
        for format in Format::ALL {
            let snapshot = format!("{}_{name}", format.name());
            insta::assert_snapshot!(snapshot, render(&report, *format, &PLAIN));
        }
    }
    insta::assert_snapshot!(
        "text_color",
        render(&sample::failing_gate(), Format::Text, &COLOR).replace('\u{1b}', "ESC")
    );
}

#[test]
fn a_run_with_nothing_to_say_is_silent() {
    let report = sample::passing_gate();
    assert_eq!(render(&report, Format::Text, &PLAIN).lines().count(), 1);
    assert_eq!(render(&report, Format::Github, &PLAIN), "");
}

#[test]
fn the_terminal_only_shows_colour_where_it_can() {
    for (name, report) in every_report() {
        assert!(
            !render(&report, Format::Text, &PLAIN).contains('\u{1b}'),
            "{name}"
        );
        let colored = render(&report, Format::Text, &COLOR);
        let plain: String = without_colors(&colored);
        // Words that differ carry marks only where there is no colour.
        if name != "diff" {
            assert_eq!(plain, render(&report, Format::Text, &PLAIN), "{name}");
        }
    }
}

#[test]
fn all_shows_what_was_there_before() {
    let mut report = sample::failing_gate();
    assert!(!render(&report, Format::Text, &PLAIN).contains("org/old/one"));
    report.all = true;
    let text = render(&report, Format::Text, &PLAIN);
    assert!(text.contains("error[org/old/one]"));
    assert!(text.contains("this was there before"));
    assert!(!text.contains("--all"));
}

#[test]
fn no_hidden_character_leaves() {
    let report = sample::hostile_gate();
    for format in Format::ALL {
        let text = render(&report, *format, &PLAIN);
        for hidden in ['\u{1b}', '\u{202e}', '\u{200b}', '\r'] {
            assert!(!text.contains(hidden), "{} {hidden:?}", format.name());
        }
        assert!(!text.contains("##["), "{}", format.name());
        // A build server takes a line of a log that starts like this for its own.
        if *format != Format::Github {
            assert!(
                !text.lines().any(|line| line.trim_start().starts_with("::")),
                "{text}"
            );
        }
    }
}

#[test]
fn each_annotation_is_one_command() {
    let text = render(&sample::hostile_gate(), Format::Github, &PLAIN);
    assert_eq!(text.lines().count(), 2);
    for line in text.lines() {
        assert!(
            line.starts_with("::error file=") || line.starts_with("::warning file="),
            "{line}"
        );
        let (properties, _) = line[2..].split_once("::").unwrap();
        assert_eq!(properties.split(',').count(), 4, "{properties}");
    }
}

#[test]
fn the_comment_stays_below_the_bound() {
    let text = render(&sample::endless_gate(), Format::Markdown, &PLAIN);
    assert!(text.len() < 65_000, "{}", text.len());
    assert!(text.contains("more did not fit here"));
    let annotations = render(&sample::endless_gate(), Format::Github, &PLAIN);
    assert_eq!(annotations.lines().count(), 11);
}

#[test]
fn json_fits_its_schema_and_the_schema_knows_all_of_it() {
    let mut schema = json::schema();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let hostile = [("hostile_gate", sample::hostile_gate())];
    for (name, report) in every_report().into_iter().chain(hostile) {
        let text = render(&report, Format::Json, &PLAIN);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "format": 2 })));
}

#[test]
fn sarif_fits_the_official_schema() {
    // The crate of the types brings the official schema along.
    let ran = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let mut packages = metadata["packages"].as_array().unwrap().iter();
    let package = packages.find(|one| one["name"] == "serde-sarif").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let path = manifest.with_file_name("src").join("schema.json");
    // One pattern, of a language that we do not state, has a bracket that nothing opened.
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let others = [
        ("hostile_gate", sample::hostile_gate()),
        ("endless_gate", sample::endless_gate()),
    ];
    for (name, report) in every_report().into_iter().chain(others) {
        let text = render(&report, Format::Sarif, &PLAIN);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let run = &value["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(result["ruleId"], run["tool"]["driver"]["rules"][rule]["id"]);
            assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })));
}

#[test]
fn test_reports_are_read_back() {
    for (name, report) in every_report() {
        let text = render(&report, Format::Junit, &PLAIN);
        let read = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let blocking = report.summary().blocking;
        if name != "diff" {
            assert_eq!(read.failures, blocking, "{name}");
        }
        assert!(read.tests > 0, "{name}");
    }
    let hostile = render(&sample::hostile_gate(), Format::Junit, &PLAIN);
    let read = quick_junit::Report::deserialize_from_str(&hostile).unwrap();
    assert_eq!((read.test_suites.len(), read.tests), (1, 2));
}

#[test]
fn checkstyle_is_sound_whatever_contracts_say() {
    let text = render(&sample::hostile_gate(), Format::Checkstyle, &PLAIN);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut names = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                names.push(String::from_utf8(tag.name().as_ref().to_vec()).unwrap());
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
            }
            _ => (),
        }
    }
    assert_eq!(names, ["checkstyle", "file", "error", "error"]);
}

#[test]
fn tables_have_as_many_cells_as_columns() {
    for report in [sample::hostile_gate(), sample::failing_gate()] {
        let text = render(&report, Format::Csv, &PLAIN);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(rows.iter().all(|row| row.len() == columns));
        assert!(rows.len() >= 2);
    }
}

#[test]
fn gitlab_knows_each_issue_by_a_name_of_its_own() {
    let text = render(&sample::failing_gate(), Format::Gitlab, &PLAIN);
    let issues: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut names: Vec<&str> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), issues.len());
}

#[test]
fn json_gives_back_every_text() {
    let text = render(&sample::hostile_gate(), Format::Json, &PLAIN);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["findings"][0]["help"], sample::HOSTILE);
    assert_eq!(
        value["changes"][0]["witness"]["rows"][0][sample::HOSTILE],
        sample::HOSTILE
    );
}

#[test]
fn order_does_not_hang_on_who_came_first() {
    let mut report = sample::failing_gate();
    report.findings.reverse();
    report.changes.reverse();
    report.contracts.reverse();
    report.sort();
    assert_eq!(report, sample::failing_gate());
}

#[test]
fn what_is_found_again_and_again_is_folded() {
    let mut report = sample::audit();
    let masked = |one: &meshlaw_report::Finding| one.id == "org/privacy/pii-masked";
    let at = report.findings.iter().position(masked).unwrap();
    let one = report.findings.swap_remove(at);
    report.findings = (1..=100)
        .map(|line| {
            let mut found = one.clone();
            found.location.as_mut().unwrap().line = line;
            found
        })
        .collect();
    let text = render(&report, Format::Text, &PLAIN);
    assert_eq!(text.matches("error[").count(), 5, "{text}");
    assert!(text.contains(&format!(
        "{}: {} — in 95 more places\n",
        one.id, one.message
    )));
    assert!(
        text.contains("contract.yaml:25:5\n  and 75 more\n"),
        "{text}"
    );
}

#[test]
fn a_terminal_sees_files_under_headings_and_no_line_beyond_its_width() {
    let style = |width| Style {
        width,
        is_terminal: true,
        ..PLAIN
    };
    for (name, report) in every_report() {
        for width in [60, 80, 120] {
            let text = render(&report, Format::Text, &style(width));
            let is_word = |line: &&str| !line.contains(" | ") && !line.contains("--> ");
            for line in text
                .lines()
                .filter(is_word)
                .filter(|line| line.contains("= "))
            {
                let longest = line.split(' ').map(|word| word.chars().count()).max();
                let fits = line.chars().count() <= width || longest.unwrap() > width / 2;
                assert!(fits, "{name} at {width}: {line}");
            }
        }
    }
    let text = render(&sample::audit(), Format::Text, &style(80));
    assert!(
        text.contains("domains/sales/orders.contract.yaml — 2 findings\n"),
        "{text}"
    );
}

#[test]
fn what_blocks_hangs_on_fail_on() {
    let mut report = sample::failing_gate();
    for (fail_on, blocking) in [
        (Severity::Error, 3),
        (Severity::Warning, 4),
        (Severity::Note, 5),
    ] {
        report.fail_on = fail_on;
        assert_eq!(report.summary().blocking, blocking);
    }
}

/// Forbids what the schema does not name, so that a forgotten field is seen.
fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(object) => {
            if object.get("type") == Some(&"object".into()) && object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), false.into());
            }
            object.values_mut().for_each(close);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(close),
        _ => (),
    }
}

fn without_colors(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.filter_map(|piece| piece.split_once('m').map(|(_, rest)| rest));
    rest.fold(first, |shown, piece| shown + piece)
}
