//! Where something is, as borrowed steps; becomes a pointer only when something is said of it.

use crate::{Key, Pointer};

/// A way down through a contract that lies on the stack, since of most parts of most contracts
/// there is nothing to say.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    above: Option<&'a Way<'a>>,
    step: Step<'a>,
    length: usize,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// Keys from the top.
    From(&'a [Key]),
    Word(&'static str),
    Name(&'a str),
}

impl<'a> Way<'a> {
    /// The contract itself.
    pub const TOP: Way<'static> = Way {
        above: None,
        step: Step::From(&[]),
        length: 0,
    };

    /// Begins where keys lead to.
    pub fn from_keys(keys: &'a [Key]) -> Self {
        Self {
            above: None,
            step: Step::From(keys),
            length: keys.len(),
        }
    }

    /// Goes on by a word of the model.
    pub fn word(&'a self, word: &'static str) -> Self {
        self.on(Step::Word(word))
    }

    /// Goes on by a name that people chose.
    pub fn name(&'a self, name: &'a str) -> Self {
        self.on(Step::Name(name))
    }

    /// Returns how many keys the pointer has.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Tells whether this is the contract itself.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the texts of the keys, from the top.
    pub fn texts(&self) -> Vec<&'a str> {
        let mut texts = Vec::with_capacity(self.length);
        self.up(|step| match step {
            Step::From(keys) => texts.extend(keys.iter().rev().map(Key::as_str)),
            Step::Word(word) => texts.push(word),
            Step::Name(name) => texts.push(name),
        });
        texts.reverse();
        texts
    }

    /// Returns the names among them: what people chose.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::with_capacity(self.length);
        self.up(|step| match step {
            Step::From(keys) => names.extend(keys.iter().rev().filter_map(|key| match key {
                Key::Name(name) => Some(name.as_str()),
                Key::Word(_) => None,
            })),
            Step::Word(_) => {}
            Step::Name(name) => names.push(name),
        });
        names.reverse();
        names
    }

    /// Returns the pointer.
    pub fn to_pointer(&self) -> Pointer {
        let mut keys = Vec::with_capacity(self.length);
        self.up(|step| match step {
            Step::From(all) => keys.extend(all.iter().rev().cloned()),
            Step::Word(word) => keys.push(Key::Word(word)),
            Step::Name(name) => keys.push(Key::Name(name.to_owned())),
        });
        keys.into_iter().rev().collect()
    }

    fn on(&'a self, step: Step<'a>) -> Self {
        Self {
            above: Some(self),
            step,
            length: self.length + 1,
        }
    }

    /// Takes the steps from the last to the first.
    fn up(&self, mut take: impl FnMut(Step<'a>)) {
        let mut way = *self;
        loop {
            take(way.step);
            match way.above {
                Some(above) => way = *above,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_to_the_same_as_its_keys() {
        let pointer = Pointer::root().word("fields").name("a").word("items");
        let fields = Way::TOP.word("fields");
        let named = fields.name("a");
        for way in [Way::from_keys(pointer.keys()), named.word("items")] {
            assert_eq!(way.to_pointer(), pointer);
            assert_eq!(way.texts(), ["fields", "a", "items"]);
            assert_eq!(way.names(), ["a"]);
            assert_eq!(way.len(), 3);
        }
        let on = Way::from_keys(pointer.keys());
        assert_eq!(on.word("type").to_pointer(), pointer.word("type"));
        assert!(Way::TOP.is_empty() && Way::TOP.to_pointer().is_root());
    }
}
