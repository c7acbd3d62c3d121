//! The folder of a usual clone in, what its branches, tags and commits are out, for a look at few files.
//!
//! To open a repository, libgit2 reads the settings of system, user and clone, and maps packs into
//! memory. Who names two branches needs none of that. Whatever is out of the ordinary (a linked work
//! tree, an extension, a shallow clone, another owner, a name that could mean anything else) is left
//! to libgit2; where this says something, libgit2 would say the same.

use std::cell::OnceCell;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use git2::Oid;

use crate::entry::ObjectId;
use crate::revision::Commit;

/// Most bytes of the list of packed references; to go through more takes longer than libgit2 does.
const MOST_PACKED: u64 = 1 << 16;

/// Most bytes of the settings, and of a reference.
const MOST_SETTINGS: u64 = 1 << 14;
const MOST_REFERENCE: u64 = 1 << 10;

/// The longest way from reference to reference.
const MOST_STEPS: usize = 5;

/// Digits of the name of an object.
const DIGITS: usize = 40;

/// Where a short name is looked for, as git does.
const PLACES: [&str; 4] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

/// A usual clone: its data lie in the folder `.git` of its work tree.
pub(crate) struct Plain {
    /// The folder of its data.
    pub(crate) git_dir: PathBuf,
    /// The packed references, read when one is looked for; none where they are not understood.
    packed: OnceCell<Option<Vec<(String, Oid)>>>,
}

/// What there is at the name of a reference.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tip {
    /// This object.
    At(Oid),
    /// Nothing.
    Nowhere,
    /// That is for libgit2 to say.
    Unsure,
}

impl Plain {
    /// Finds a usual clone at a folder, not above it.
    pub(crate) fn at(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let git_dir = folder.join(".git");
        let is_usual = is_own_folder(&folder)
            && is_own_folder(&git_dir)
            && ["objects", "refs"]
                .iter()
                .all(|name| git_dir.join(name).is_dir())
            && git_dir.join("HEAD").is_file()
            && ["commondir", "shallow", "info/grafts"]
                .iter()
                .all(|name| is_absent(&git_dir.join(name)));
        let settings = is_usual.then(|| text(&git_dir.join("config"), MOST_SETTINGS))?;
        is_simple(&settings.ok()?).then(|| Self {
            git_dir,
            packed: OnceCell::new(),
        })
    }

    /// Returns what a revision stands for, where it is a full id or the name of one thing.
    pub(crate) fn named(&self, revision: &str) -> Option<Oid> {
        if revision.len() == DIGITS && revision.bytes().all(|one| one.is_ascii_hexdigit()) {
            return Oid::from_str(revision).ok();
        }
        let tip = |name: &str| match self.tip(name) {
            Tip::At(id) => Some(Some(id)),
            Tip::Nowhere => Some(None),
            Tip::Unsure => None,
        };
        if revision == "HEAD" {
            return tip(revision)?;
        }
        let is_special = revision
            .bytes()
            .all(|one| matches!(one, b'A'..=b'Z' | b'_'));
        if is_special || !is_plain_name(revision) {
            return None;
        }
        let own = tip(revision)?;
        if revision.starts_with("refs/") || own.is_some() {
            return own.filter(|_| revision.starts_with("refs/"));
        }
        let mut found = None;
        for place in PLACES {
            let here = tip(&format!("{place}{revision}"))?;
            if here.is_some() && found.is_some() && here != found {
                return None;
            }
            found = found.or(here);
        }
        found
    }

    /// Returns what there is at the full name of a reference.
    pub(crate) fn tip(&self, name: &str) -> Tip {
        let mut name = name.to_owned();
        for _ in 0..MOST_STEPS {
            if name != "HEAD" && !is_plain_name(&name) {
                return Tip::Unsure;
            }
            let text = match text(&self.git_dir.join(&name), MOST_REFERENCE) {
                Ok(text) => text,
                Err(ErrorKind::NotFound | ErrorKind::NotADirectory) => return self.packed(&name),
                Err(_) => return Tip::Unsure,
            };
            match text.strip_prefix("ref: ") {
                Some(other) => name = other.trim_end().to_owned(),
                None => return id(text.trim_end()).map_or(Tip::Unsure, Tip::At),
            }
            if !name.starts_with("refs/") {
                return Tip::Unsure;
            }
        }
        Tip::Unsure
    }

    fn packed(&self, name: &str) -> Tip {
        let read = || match text(&self.git_dir.join("packed-refs"), MOST_PACKED) {
            Ok(text) => packed(&text),
            Err(ErrorKind::NotFound) => Some(Vec::new()),
            Err(_) => None,
        };
        match self.packed.get_or_init(read) {
            Some(known) => match known.iter().find(|(own, _)| own == name) {
                Some((_, id)) => Tip::At(*id),
                None => Tip::Nowhere,
            },
            None => Tip::Unsure,
        }
    }
}

/// Reads a commit and its parents.
pub(crate) fn commit(id: Oid, bytes: &[u8]) -> Option<(Commit, Vec<Oid>)> {
    let bytes = std::str::from_utf8(header(bytes)?).ok()?;
    let mut lines = bytes.split('\n');
    let tree = self::id(lines.next()?.strip_prefix("tree ")?)?;
    let mut parents = Vec::new();
    let author = loop {
        let line = lines.next()?;
        match line.strip_prefix("parent ") {
            Some(parent) => parents.push(self::id(parent)?),
            None => break line,
        }
    };
    author.strip_prefix("author ")?;
    let committer = lines.next()?.strip_prefix("committer ")?;
    let (_, time) = committer.rsplit_once("> ")?;
    let (time, zone) = time.split_once(' ')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    let is_usual = is_number(time) && zone.strip_prefix(['+', '-']).is_some_and(is_number);
    let commit = Commit {
        id: ObjectId(id),
        tree: ObjectId(tree),
        time: time.parse().ok().filter(|_| is_usual)?,
    };
    Some((commit, parents))
}

/// Returns what stands before the message.
fn header(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.windows(2).position(|two| two == b"\n\n")?;
    bytes.get(..end)
}

/// Reads the list of packed references; none where anything in it is out of the ordinary.
fn packed(text: &str) -> Option<Vec<(String, Oid)>> {
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with(['#', '^']) {
            continue;
        }
        let (name, reference) = line.split_once(' ')?;
        if reference.contains(char::is_whitespace) || !reference.starts_with("refs/") {
            return None;
        }
        found.push((reference.to_owned(), id(name)?));
    }
    Some(found)
}

fn id(text: &str) -> Option<Oid> {
    (text.len() == DIGITS)
        .then(|| Oid::from_str(text).ok())
        .flatten()
}

/// Tells whether the settings of a clone say nothing of how its data lie.
fn is_simple(settings: &str) -> bool {
    let is_line = |line: &str| {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let name = section.strip_suffix(']').unwrap_or_default();
            let name = name.split([' ', '"']).next().unwrap_or_default();
            let is_word = !name.is_empty() && name.bytes().all(|one| one.is_ascii_alphanumeric());
            return is_word && !name.eq_ignore_ascii_case("extensions");
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "repositoryformatversion" => value == "0",
            "worktree" => false,
            _ => {
                let is_word = |one: u8| one.is_ascii_alphanumeric() || one == b'-';
                let is_comment = line.is_empty() || line.starts_with(['#', ';']);
                let is_closed = !value.contains(['"', '\\']);
                is_comment || !key.is_empty() && key.bytes().all(is_word) && is_closed
            }
        }
    };
    settings.lines().all(is_line)
}

/// Tells whether a name can mean nothing but itself.
fn is_plain_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_letter = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_' | b'.');
        let begins = part
            .bytes()
            .next()
            .is_some_and(|one| one.is_ascii_alphanumeric());
        begins
            && part.bytes().all(is_letter)
            && !part.contains("..")
            && !part.ends_with('.')
            && !part.to_ascii_lowercase().ends_with(".lock")
    };
    name.split('/').all(is_part)
}

/// Reads a short text.
fn text(path: &Path, most: u64) -> Result<String, ErrorKind> {
    let file = fs::File::open(path).map_err(|error| error.kind())?;
    let mut text = String::new();
    let read = file.take(most + 1).read_to_string(&mut text);
    match read.map_err(|error| error.kind())? {
        length if length as u64 > most => Err(ErrorKind::InvalidData),
        _ => Ok(text),
    }
}

fn is_absent(path: &Path) -> bool {
    let found = fs::symlink_metadata(path);
    found.is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Tells whether a folder, which is no link, belongs to whoever runs this: libgit2 asks the same.
#[cfg(target_os = "linux")]
fn is_own_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() && found.uid() == own)
}

/// Elsewhere names of files are not bytes, and owners are told otherwise.
#[cfg(not(target_os = "linux"))]
fn is_own_folder(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_say_how_data_lie_are_not_simple() {
        let usual = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\
                     [remote \"origin\"]\n\turl = x\n\n# word\n[user]\n\tname = A B\n\tgpgSign\n";
        assert!(is_simple("") && is_simple(usual));
        for other in [
            "[core]\n\trepositoryformatversion = 1\n",
            "[core]\n\tRepositoryFormatVersion = 1\n",
            "[extensions]\n\tobjectFormat = sha256\n",
            "[Extensions]\n",
            "[extensions \"x\"]\n",
            "[core]\n\tworktree = /elsewhere\n",
            "[core] worktree = /elsewhere\n",
            "[core]\n\tname = a \\\nworktree\n",
            "[user]\n\tname = \"A\n",
            "?\n",
            "[]\n",
        ] {
            assert!(!is_simple(other), "{other}");
        }
    }

    #[test]
    fn only_names_that_mean_themselves_are_plain() {
        for name in ["main", "feature/a-b_c.d", "refs/heads/main", "v1.0"] {
            assert!(is_plain_name(name), "{name}");
        }
        for name in [
            "", "/", "a/", "/a", "a//b", "a..b", ".a", "a.", "a.lock", "a.LOCK/b", "a~1", "a^",
            "a@{1}", "@", "-a", "a b", "a:b", "ä", "a\\b", "..", "a/../b", "a*",
        ] {
            assert!(!is_plain_name(name), "{name}");
        }
    }

    #[test]
    fn commits_are_read_as_git_writes_them() {
        let id = |byte: u8| Oid::from_bytes(&[byte; 20]).unwrap_or(Oid::ZERO_SHA1);
        let (own, tree, one, other) = (id(1), id(2), id(3), id(4));
        let who = "A > B <a@b> 1700000000 +0100";
        let text = |parents: &str, who: &str| {
            format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nword\n\ntree x")
        };
        let read = |text: String| commit(own, text.as_bytes());
        let wanted = Commit {
            id: ObjectId(own),
            tree: ObjectId(tree),
            time: 1_700_000_000,
        };
        assert_eq!(read(text("", who)), Some((wanted, Vec::new())));
        let parents = format!("parent {one}\nparent {other}\n");
        assert_eq!(read(text(&parents, who)), Some((wanted, vec![one, other])));
        for odd in [
            "A <a@b>",
            "A <a@b> -1 +0000",
            "A <a@b> 1",
            "A <a@b> 1 x",
            "A",
        ] {
            assert_eq!(read(text("", odd)), None, "{odd}");
        }
        assert_eq!(read(text("parent 12\n", who)), None);
    }
}
