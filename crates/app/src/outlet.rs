//! What was asked for as forms of a result in, where each goes out.

use std::path::PathBuf;
use std::str::FromStr;

use meshlaw_contract::model::Word;
use meshlaw_contract::nearest;

use crate::output::{print, write_file};

/// A form of a result, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet<F> {
    form: F,
    /// The file; absent for standard output.
    file: Option<PathBuf>,
}

impl<F: Word> FromStr for Outlet<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let is_nameless = |file: &PathBuf| file.as_os_str().is_empty();
        if file.as_ref().is_some_and(is_nameless) {
            return Err("name a file behind `=`".to_owned());
        }
        let form = F::ALL.iter().find(|form| form.as_str() == name);
        let form = form.copied().ok_or_else(|| {
            let known: Vec<&str> = F::ALL.iter().map(|form| form.as_str()).collect();
            match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.join(", ")),
            }
        })?;
        Ok(Self { form, file })
    }
}

/// Writes a result in each form that was asked for.
pub fn deliver<F: Word>(
    outlets: &[Outlet<F>],
    mut render: impl FnMut(F) -> String,
) -> anyhow::Result<()> {
    for outlet in outlets {
        let text = render(outlet.form);
        match &outlet.file {
            Some(file) => write_file(file, &text)?,
            None => print(&text)?,
        }
    }
    Ok(())
}
