//! Blocks of text in, single values out.

use super::{Column, Reader, Single};

/// What becomes of the line ends behind a block of text.
#[derive(Clone, Copy)]
enum Chomp {
    /// One is kept.
    Clip,
    Strip,
    Keep,
}

impl Reader<'_, '_> {
    /// Reads `|` and `>`: text that keeps its lines, and text whose lines are joined.
    #[inline(never)]
    pub(super) fn block_text(&mut self, parent: Column) -> Option<u32> {
        let is_folded = self.peek()? == b'>';
        self.at += 1;
        let chomp = self.chomp()?;
        self.end_line()?;
        let indent = self.indent_of_text(parent)?;
        let mut span = None;
        // Line ends that count only once more text follows.
        let mut breaks = 0;
        let end = loop {
            let spaces = self.indentation(self.at);
            match self.byte(self.at + spaces) {
                None if spaces == 0 => break self.at,
                None => return None,
                // Spaces right of the indentation would be text.
                Some(b'\n') if spaces > indent => return None,
                Some(b'\n') => {
                    breaks += 1;
                    self.at += spaces + 1;
                }
                // The general reader has looked for more text up to here.
                Some(_) if spaces < indent => {
                    if spaces as Column > parent {
                        return None;
                    }
                    break self.at + spaces;
                }
                Some(_) if is_folded && spaces > indent => return None,
                Some(_) => {
                    let joins = is_folded && span.is_some();
                    let start = self.at + indent;
                    span.get_or_insert_with(|| self.span(start, start));
                    let end = self.end_of_line(start)?;
                    let line = self.text.get(start..end)?;
                    let text = self.document.making();
                    match breaks {
                        1 if joins => text.push(' '),
                        _ => (usize::from(joins)..breaks).for_each(|_| text.push('\n')),
                    }
                    text.push_str(line);
                    breaks = 1;
                    self.at = end + 1;
                }
            }
            self.new_line();
        };
        // Whether the last line end is there decides what the text is.
        if end == self.bytes.len() && !self.text.ends_with('\n') {
            return None;
        }
        let line_ends = match chomp {
            Chomp::Clip => 1,
            Chomp::Strip => 0,
            Chomp::Keep => breaks,
        };
        let text = self.document.making();
        (0..line_ends).for_each(|_| text.push('\n'));
        let mut span = span?;
        span.end = u32::try_from(end).ok()?;
        let kind = self.document.made(true);
        self.next_content();
        Some(self.add(Single { kind, span }))
    }

    /// Reads what stands behind the sign of a block of text.
    fn chomp(&mut self) -> Option<Chomp> {
        let chomp = match self.peek()? {
            b'-' => Chomp::Strip,
            b'+' => Chomp::Keep,
            _ => Chomp::Clip,
        };
        if !matches!(chomp, Chomp::Clip) {
            self.at += 1;
        }
        (self.is_at_end_of_line() || self.peek() == Some(b' ')).then_some(chomp)
    }

    /// Returns how far the first line of a block of text is indented.
    fn indent_of_text(&self, parent: Column) -> Option<usize> {
        let mut longest_blank = 0;
        let mut line = self.at;
        loop {
            let spaces = self.indentation(line);
            if self.byte(line + spaces)? != b'\n' {
                let is_right = spaces as Column > parent && spaces > 0;
                return (is_right && longest_blank <= spaces).then_some(spaces);
            }
            longest_blank = longest_blank.max(spaces);
            line += spaces + 1;
        }
    }
}
