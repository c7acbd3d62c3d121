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
            let line = self.line_here();
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            if spaces == line.len() {
                if self.at == self.bytes.len() {
                    break self.at;
                }
                // Spaces right of the indentation would be text.
                if spaces > indent {
                    return None;
                }
                breaks += 1;
            } else if spaces < indent {
                if spaces as Column > parent {
                    return None;
                }
                // The general reader has looked for more text up to here.
                break self.at + spaces;
            } else {
                let content = line.get(indent..)?;
                if is_folded && content.starts_with(' ') {
                    return None;
                }
                let joins = is_folded && span.is_some();
                if span.is_none() {
                    span = Some(self.span(self.at + indent, self.at));
                }
                let text = self.document.making();
                match breaks {
                    1 if joins => text.push(' '),
                    _ => (usize::from(joins)..breaks).for_each(|_| text.push('\n')),
                }
                text.push_str(content);
                breaks = 1;
            }
            self.at += line.len() + 1;
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
        for line in self.bytes.get(self.at..)?.split(|byte| *byte == b'\n') {
            let Some(spaces) = line.iter().position(|byte| *byte != b' ') else {
                longest_blank = longest_blank.max(line.len());
                continue;
            };
            return (spaces as Column > parent && spaces > 0 && longest_blank <= spaces)
                .then_some(spaces);
        }
        None
    }
}
