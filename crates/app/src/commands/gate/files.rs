//! The contract files that a branch changed in, their contracts before and after out.
//!
//! Of a few files contracts are held until all are judged. Of many they are read when they are asked
//! for and let go then, so that what is held does not grow with the change.

use meshlaw_changeset::{FileChange, Position, Reader, Snapshot};
use meshlaw_contract::Format;
use meshlaw_contract::model::Contract;
use meshlaw_report::{Finding, Side};

use crate::changed::contracts_of;
use crate::cores;
use crate::estate::read_text;
use crate::failure::Failure;
use crate::identity::Domains;
use crate::pairing::Sides;
use crate::revision::FileText;
use crate::settings::Settings;

/// Bytes of text of which contracts are held, which take about twelve times as many. Few where the
/// program is built for tests, so that these go both ways.
const MOST_HELD: usize = if cfg!(debug_assertions) {
    1 << 10
} else {
    1 << 20
};

/// Bytes of both texts of a file that is large: where others changed, too, it is not held, however
/// much room there is.
const LARGE: usize = MOST_HELD / 8;

/// Bytes of both texts of a file that is huge: no other such file is at hand meanwhile.
const HUGE: u64 = MOST_HELD as u64 / 2;

/// So few files are held even where they are large.
const FEW: usize = 4;

/// A file as it was and as it is.
type Texts = (Option<FileText>, Option<FileText>);

/// What is kept of a file.
enum Kept {
    /// Its texts.
    Texts(Box<Texts>),
    /// Nothing: it is read when it is asked for.
    Nothing {
        /// Whether no other such file should be at hand meanwhile.
        is_huge: bool,
        /// Where git has its later side, so that what stands on each other is read together.
        position: Option<Position>,
    },
}

/// The files, with the texts of those that are held.
pub struct Files<'f> {
    /// The revision that is judged.
    head: &'f Snapshot,
    settings: &'f Settings,
    domains: &'f Domains,
    changed: &'f [FileChange],
    kept: Vec<Kept>,
}

/// The files, with the contracts of those that are held.
pub struct Opened<'f> {
    files: &'f Files<'f>,
    held: Vec<Option<Sides<'f>>>,
}

impl<'f> Files<'f> {
    /// Reads the files that are held: all of them where no short cut is wanted.
    pub fn read(
        head: &'f Snapshot,
        settings: &'f Settings,
        domains: &'f Domains,
        changed: &'f [FileChange],
    ) -> Result<Self, Failure> {
        let is_few = changed.len() <= FEW || !settings.limits.shortcuts;
        let parts = cores::shares(changed, |_, share| {
            let reader = head.open()?;
            let mut room = match settings.limits.shortcuts {
                true => MOST_HELD / changed.len().div_ceil(share.len()),
                false => usize::MAX,
            };
            let mut kept = Vec::with_capacity(share.len());
            for change in share {
                if room == 0 {
                    let bytes = size_of(&reader, change);
                    kept.push(Kept::nothing(bytes, &reader, change));
                    continue;
                }
                // What cannot be read is told when it is asked for.
                let Ok(texts) = texts_of(&reader, change, settings) else {
                    kept.push(Kept::nothing(0, &reader, change));
                    continue;
                };
                let sides = texts.0.iter().chain(&texts.1);
                let bytes = sides.map(|file| file.text.len()).sum();
                let is_held = bytes <= room && (bytes <= LARGE || is_few);
                room = room.saturating_sub(bytes);
                kept.push(match is_held {
                    true => Kept::Texts(Box::new(texts)),
                    false => Kept::nothing(bytes as u64, &reader, change),
                });
            }
            Ok(kept)
        });
        Ok(Self {
            head,
            settings,
            domains,
            changed,
            kept: parts?.into_iter().flatten().collect(),
        })
    }

    /// Opens the files that are held.
    pub fn opened(&self) -> Opened<'_> {
        let held = cores::each(self.kept.iter().collect(), |kept| match kept {
            Kept::Texts(texts) => Some(self.sides(texts)),
            Kept::Nothing { .. } => None,
        });
        Opened { files: self, held }
    }

    fn sides<'t>(&self, (before, after): &'t Texts) -> Sides<'t> {
        let sides = [before, after];
        let [before, after] = sides.map(|side| contracts_of(side, self.settings, self.domains));
        (before, after)
    }
}

impl Kept {
    /// Keeps nothing of a file whose texts have so many bytes.
    fn nothing(bytes: u64, reader: &Reader, change: &FileChange) -> Self {
        let side = change.after().or(change.before());
        Self::Nothing {
            is_huge: bytes > HUGE,
            position: side.and_then(|entry| reader.position(entry)),
        }
    }
}

impl Opened<'_> {
    /// Returns the number of files.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// Tells whether a file is huge, so that no other such file should be at hand meanwhile.
    pub fn is_huge(&self, file: usize) -> bool {
        let kept = self.files.kept.get(file);
        matches!(kept, Some(Kept::Nothing { is_huge: true, .. }))
    }

    /// Returns where git has a file that is still to be read, if it has.
    pub fn position(&self, file: usize) -> Option<Position> {
        match self.files.kept.get(file)? {
            Kept::Texts(_) => None,
            Kept::Nothing { position, .. } => *position,
        }
    }

    /// Makes a reader of both sides: git stores the one as a difference to the other.
    pub fn reader(&self) -> Result<Reader, Failure> {
        Ok(self.files.head.open()?)
    }

    /// Returns what contracts are called, as far as they are held, and what the others likely are.
    pub fn supposed_names(&self) -> impl Iterator<Item = String> {
        let files = self.held.iter().zip(self.files.changed);
        files.flat_map(|(held, change)| match held {
            Some((before, after)) => {
                let revisions = before.iter().chain(after);
                revisions.map(|one| one.identity.id()).collect()
            }
            None => self.likely_names(change),
        })
    }

    /// Returns what contracts of a file are called that is called as they are.
    fn likely_names(&self, change: &FileChange) -> Vec<String> {
        let nameless = Contract::new(Format::Native);
        let sides = [change.before(), change.after()].into_iter().flatten();
        let domains = self.files.domains;
        let names = sides.map(|entry| domains.identify(&entry.path.to_string(), &nameless).id());
        names.collect()
    }

    /// Shows the contracts of a file; one that cannot be read any more is neither changed nor
    /// removed, and a finding.
    pub fn show<T>(
        &self,
        file: usize,
        reader: &Reader,
        see: impl FnOnce(&Sides<'_>) -> T,
    ) -> Result<T, Option<Box<Finding>>> {
        if let Some(Some(sides)) = self.held.get(file) {
            return Ok(see(sides));
        }
        let change = self.files.changed.get(file).ok_or(None)?;
        let texts = texts_of(reader, change, self.files.settings)?;
        Ok(see(&self.files.sides(&texts)))
    }
}

/// Returns how many bytes the texts of both sides have; what is not known may be any number.
fn size_of(reader: &Reader, change: &FileChange) -> u64 {
    let sides = [change.before(), change.after()].into_iter().flatten();
    let sizes = sides.map(|entry| reader.size(entry).unwrap_or(u64::MAX));
    sizes.fold(0, u64::saturating_add)
}

/// Reads both sides of a file.
fn texts_of(
    reader: &Reader,
    change: &FileChange,
    settings: &Settings,
) -> Result<Texts, Option<Box<Finding>>> {
    let before = change.before().map(|entry| FileText {
        path: entry.path.to_string(),
        // An old revision that cannot be read is empty: nothing is known of it.
        text: read_text(reader, entry, settings).unwrap_or_default(),
        side: Side::Base,
    });
    let Some(entry) = change.after() else {
        return Ok((before, None));
    };
    let after = FileText {
        path: entry.path.to_string(),
        text: read_text(reader, entry, settings)?,
        side: Side::Head,
    };
    Ok((before, Some(after)))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test that cannot go on has failed"
    )]

    use std::fs;

    use meshlaw_changeset::{Globs, Renames, changes};

    use super::*;

    #[test]
    fn of_many_files_few_are_held_and_all_are_shown() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for (folder, major) in folders.iter().zip(1..) {
            let domain = folder.path().join("domains/d");
            fs::create_dir_all(&domain).unwrap();
            for nth in 0..100 {
                let text = format!("schema: c{nth}\nversion: {major}.0.0\nfields: []\n");
                fs::write(domain.join(format!("f{nth}.contract.yaml")), text).unwrap();
            }
        }
        let [base, head] = [&folders[0], &folders[1]].map(|one| Snapshot::folder(one.path()));
        let mut settings = Settings::default();
        let domains = Domains::new(&settings, None).unwrap();
        let globs = Globs::new(&settings.contracts).unwrap();
        let readers = (base.open().unwrap(), head.open().unwrap());
        let changed = changes(&readers.0, &readers.1, &globs, Renames::Detect).unwrap();
        assert_eq!(changed.len(), 100);
        let files = Files::read(&head, &settings, &domains, &changed).unwrap();
        let opened = files.opened();
        let held = opened.held.iter().flatten();
        let texts = held.flat_map(|(before, after)| before.iter().chain(after));
        let bytes: usize = texts.map(|one| one.source.text.len()).sum();
        assert!(bytes > 0 && bytes <= MOST_HELD, "{bytes}");
        for (nth, change) in changed.iter().enumerate() {
            let stem = change.path().to_string().replace("domains/d/f", "");
            let name = format!("d/c{}", stem.replace(".contract.yaml", ""));
            let names = opened.show(nth, &readers.1, |(before, after)| {
                let all = before.iter().chain(after);
                all.map(|one| one.identity.id()).collect::<Vec<_>>()
            });
            assert_eq!(names, Ok(vec![name.clone(), name]));
        }
        let huge = (0..changed.len()).filter(|file| opened.is_huge(*file));
        assert_eq!(huge.count(), 0);
        for folder in &folders {
            let text = format!("schema: c1\n# {}\nfields: []\n", "x".repeat(MOST_HELD / 2));
            fs::write(folder.path().join("domains/d/f1.contract.yaml"), text).unwrap();
        }
        let files = Files::read(&head, &settings, &domains, &changed).unwrap();
        let opened = files.opened();
        let huge = (0..changed.len()).filter(|file| opened.is_huge(*file));
        let huge: Vec<String> = huge.map(|file| changed[file].path().to_string()).collect();
        assert_eq!(huge, ["domains/d/f1.contract.yaml"]);
        settings.limits.shortcuts = false;
        let files = Files::read(&head, &settings, &domains, &changed).unwrap();
        let is_held = |kept: &Kept| matches!(kept, Kept::Texts(_));
        assert!(files.kept.iter().all(is_held));
    }
}
