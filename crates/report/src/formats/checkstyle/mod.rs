//! A report in, the XML of Checkstyle out: what people are shown, by file.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use crate::Report;
use crate::entry::{Entry, Level, shown};
use crate::escape::visible;

/// Returns the document; a finding without a place stands under `meshlaw.yaml`.
pub(super) fn render(report: &Report) -> String {
    let entries = shown(report);
    let mut files: BTreeMap<&str, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in &entries {
        let at = entry.location.or(entry.gone_from);
        let path = at.map_or("meshlaw.yaml", |at| at.path.as_str());
        files.entry(path).or_default().push(entry);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = write(&mut writer, &files);
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    files: &BTreeMap<&str, Vec<&Entry<'_>>>,
) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let mut root = BytesStart::new("checkstyle");
    root.push_attribute(("version", "8.0"));
    if files.is_empty() {
        return writer.write_event(Event::Empty(root));
    }
    writer.write_event(Event::Start(root))?;
    for (path, entries) in files {
        let mut file = BytesStart::new("file");
        file.push_attribute(("name", visible(path).as_str()));
        writer.write_event(Event::Start(file))?;
        for entry in entries {
            writer.write_event(Event::Empty(error(entry)))?;
        }
        writer.write_event(Event::End(BytesEnd::new("file")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("checkstyle")))
}

fn error(entry: &Entry<'_>) -> BytesStart<'static> {
    let mut error = BytesStart::new("error");
    let line = entry.location.map_or(0, |at| at.line);
    let column = entry.location.map_or(0, |at| at.column);
    let severity = match entry.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    };
    let help = entry.help.map(|help| format!("; help: {help}"));
    let message = format!("{}{}", entry.message, help.unwrap_or_default());
    error.push_attribute(("line", line.to_string().as_str()));
    error.push_attribute(("column", column.to_string().as_str()));
    error.push_attribute(("severity", severity));
    error.push_attribute(("message", visible(&message).as_str()));
    error.push_attribute(("source", visible(&format!("meshlaw.{}", entry.id)).as_str()));
    error
}
