//! Sections in, a page that stays below the bound out; knows nothing of findings.

/// Where GitHub still accepts a comment; in bytes, which are never fewer than characters.
const BOUND: usize = 65_000;

/// What is kept free to say that something was left out, and to close what is open.
const RESERVE: usize = 400;

/// A page that is being filled.
pub(super) struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    /// Starts with the first line.
    pub(super) fn new(first: String) -> Self {
        Self {
            text: first,
            left_out: 0,
        }
    }

    /// Adds the items that fit under a heading; nothing where there are none.
    pub(super) fn section(&mut self, heading: &str, items: &[String]) {
        self.add(&format!("\n{heading}"), items, "");
    }

    /// Adds the items that fit, behind a title that opens them.
    pub(super) fn folded(&mut self, title: &str, items: &[String]) {
        let opening = format!("\n<details><summary>{title}</summary>\n\n");
        self.add(&opening, items, "\n</details>\n");
    }

    /// Returns the page, and says how much it leaves out.
    pub(super) fn finish(mut self) -> String {
        if self.left_out > 0 {
            let left_out = self.left_out;
            self.text.push_str(&format!(
                "\n{left_out} more did not fit here; the report of the run has them all.\n"
            ));
        }
        self.text
    }

    fn add(&mut self, opening: &str, items: &[String], closing: &str) {
        let around = opening.len() + closing.len();
        let mut room = BOUND.saturating_sub(RESERVE + self.text.len() + around);
        let mut shown = 0;
        for item in items {
            let Some(rest) = room.checked_sub(item.len()) else {
                break;
            };
            room = rest;
            shown += 1;
        }
        self.left_out += items.len() - shown;
        if shown > 0 {
            self.text.push_str(opening);
            self.text
                .extend(items.iter().take(shown).map(String::as_str));
            self.text.push_str(closing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let item = "x".repeat(10_000);
        for (items, left_out) in [(0, 0), (1, 0), (6, 0), (7, 1), (20, 14)] {
            let mut page = Page::new("first\n".to_owned());
            page.section("title\n", &vec![item.clone(); items]);
            page.folded("title", &[]);
            let text = page.finish();
            assert!(text.len() <= BOUND);
            assert_eq!(text.contains(&format!("\n{left_out} more")), left_out > 0);
            assert_eq!(text.contains("title"), items > 0);
        }
    }
}
