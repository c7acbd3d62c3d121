//! The text of a type in storage in, its words, arguments and nesting out; knows no system.

/// A type as it is written, such as `decimal(10, 2)`, `STRUCT<a: INT>` or
/// `timestamp(3) with time zone`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Words outside of brackets, in small letters and with one space between.
    pub(super) name: String,
    /// What stands in round or angle brackets, cut at the commas.
    pub(super) arguments: Vec<Vec<Token>>,
    /// How many square brackets follow, each of which makes an array.
    pub(super) arrays: usize,
    /// Nulls are forbidden.
    pub(super) not_null: bool,
}

/// A piece of a type's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word or a number, as it is written.
    Word(String),
    /// A name or text in quotes, without them.
    Quoted(String),
    /// What parts the name of a member from its type.
    Colon,
    /// Round or angle brackets, cut at the commas.
    Group(Vec<Vec<Token>>),
    /// Square brackets, whatever is in them.
    Square,
}

/// Deeper nesting is no type.
const DEEPEST: usize = 24;
/// Longer texts are no type.
const LONGEST: usize = 10_000;

/// Reads a text; nothing where brackets or quotes do not close, or it is no type at all.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut reader = Reader {
        rest: text,
        depth: 0,
    };
    let mut parts = reader.parts(None)?;
    // A comma outside of brackets parts no arguments.
    let part = parts.pop()?;
    (parts.is_empty() && !part.is_empty()).then_some(part)
}

/// Tells whether two texts differ in blanks and large letters at most.
pub(super) fn reads_alike(one: &str, other: &str) -> bool {
    let read = |text: &str| match tokens(text) {
        Some(mut tokens) => {
            lower(&mut tokens);
            tokens
        }
        None => vec![Token::Quoted(text.to_owned())],
    };
    one == other || read(one) == read(other)
}

fn lower(tokens: &mut [Token]) {
    for token in tokens {
        match token {
            Token::Word(word) => *word = word.to_lowercase(),
            Token::Group(parts) => parts.iter_mut().for_each(|part| lower(part)),
            Token::Quoted(_) | Token::Colon | Token::Square => {}
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    /// Reads up to a closing bracket, or to the end, and cuts at the commas.
    fn parts(&mut self, close: Option<char>) -> Option<Vec<Vec<Token>>> {
        let mut parts = vec![Vec::new()];
        loop {
            self.rest = self.rest.trim_start();
            let Some(next) = self.rest.chars().next() else {
                return close.is_none().then_some(parts);
            };
            let token = match next {
                ',' => {
                    self.skip(next);
                    parts.push(Vec::new());
                    continue;
                }
                _ if Some(next) == close => {
                    self.skip(next);
                    return Some(parts);
                }
                '(' | '<' | '[' => self.group(next)?,
                ')' | '>' | ']' => return None,
                ':' => {
                    self.skip(next);
                    Token::Colon
                }
                '"' | '\'' | '`' => self.quoted(next)?,
                _ => self.word(),
            };
            parts.last_mut()?.push(token);
        }
    }

    fn group(&mut self, open: char) -> Option<Token> {
        self.skip(open);
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let close = match open {
            '(' => ')',
            '<' => '>',
            _ => ']',
        };
        let parts = self.parts(Some(close))?;
        self.depth -= 1;
        Some(if open == '[' {
            Token::Square
        } else {
            Token::Group(parts)
        })
    }

    fn quoted(&mut self, quote: char) -> Option<Token> {
        self.skip(quote);
        let (text, rest) = self.rest.split_once(quote)?;
        self.rest = rest;
        Some(Token::Quoted(text.to_owned()))
    }

    fn word(&mut self) -> Token {
        let is_end = |c: char| c.is_whitespace() || "(<[)>],:\"'`".contains(c);
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Word(word.to_owned())
    }

    fn skip(&mut self, c: char) {
        self.rest = self.rest.strip_prefix(c).unwrap_or(self.rest);
    }
}

impl Written {
    /// Puts the pieces of one type together; nothing where they are not one.
    pub(super) fn of(tokens: &[Token]) -> Option<Self> {
        let mut written = Written::default();
        let mut words: Vec<String> = Vec::new();
        let mut has_arguments = false;
        for token in tokens {
            match token {
                Token::Word(word) => words.push(word.to_lowercase()),
                Token::Group(parts) if !has_arguments && !words.is_empty() => {
                    has_arguments = true;
                    written.arguments.clone_from(parts);
                }
                Token::Square if !words.is_empty() => written.arrays += 1,
                // A name in quotes is a type of the people's own, and its letters count.
                Token::Quoted(name) if words.is_empty() => words.push(format!("\"{name}\"")),
                Token::Quoted(_) => words.push(String::new()),
                Token::Colon | Token::Group(_) | Token::Square => return None,
            }
        }
        written.arguments.retain(|argument| !argument.is_empty());
        written.not_null = without_null(&mut words);
        written.name = words.join(" ");
        (!written.name.is_empty()).then_some(written)
    }
}

/// Takes off what follows a type in the definition of a column, and tells whether it forbids nulls.
fn without_null(words: &mut Vec<String>) -> bool {
    let begin = words.iter().position(|word| {
        matches!(
            word.as_str(),
            "not" | "null" | "comment" | "default" | "collate" | "options"
        )
    });
    let tail = begin
        .map(|begin| words.split_off(begin))
        .unwrap_or_default();
    tail.windows(2).any(|pair| pair == ["not", "null"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_arguments_and_nesting_are_told_apart() {
        for (text, name, arguments, arrays, not_null) in [
            ("INT", "int", 0, 0, false),
            ("  Double   Precision ", "double precision", 0, 0, false),
            ("decimal(10, 2)", "decimal", 2, 0, false),
            (
                "timestamp(3) with time zone",
                "timestamp with time zone",
                1,
                0,
                false,
            ),
            ("int unsigned not null", "int unsigned", 0, 0, true),
            ("text[][3]", "text", 0, 2, false),
            ("STRUCT<a: INT, b: ARRAY<INT>>", "struct", 2, 0, false),
            ("enum('a, b', 'c')", "enum", 2, 0, false),
            ("varchar()", "varchar", 0, 0, false),
            ("INT COMMENT 'not null'", "int", 0, 0, false),
        ] {
            let written = tokens(text).and_then(|tokens| Written::of(&tokens));
            let written = written.unwrap_or_else(|| unreachable!("{text} is a type"));
            let found = (
                written.name.as_str(),
                written.arguments.len(),
                written.arrays,
                written.not_null,
            );
            assert_eq!(found, (name, arguments, arrays, not_null), "{text}");
        }
    }

    #[test]
    fn what_does_not_close_is_no_type() {
        let deep = format!("{}int{}", "array<".repeat(30), ">".repeat(30));
        for text in [
            "", " ", "(", "int(", "int)", "a<b", "a,b", "'x", "(1)", "a: b", "[]", &deep,
        ] {
            let written = tokens(text).and_then(|tokens| Written::of(&tokens));
            assert_eq!(written, None, "{text}");
        }
        assert_eq!(tokens(&"x".repeat(LONGEST + 1)), None);
    }
}
