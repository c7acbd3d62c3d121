//! Contracts looked up by name in registers against a look into every file, in made estates.

use std::fs;
use std::path::Path;
use std::process::Command;

use meshlaw_changeset::{FileChange, Renames, Repository, changes};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::atlas::{Atlas, Known, Packed, Sketch};
use crate::settings::DomainSettings;

const STEMS: [&str; 6] = ["orders", "lines", "a", "m1", "m2", "order"];
const NAMES: [&str; 6] = ["orders", "lines", "clients", "a", "m1", "or/ders"];
const DOMAINS: [&str; 5] = ["sales", "crm", "sales-eu", "mapped", "a*b"];

/// A file: where it lies, what it is, and how it says so.
type Made = (u8, u8, u8, u8);

fn pick<'p>(all: &[&'p str], dice: u8) -> &'p str {
    all[usize::from(dice) % all.len()]
}

fn place((at, stem, ..): Made) -> String {
    let (stem, domain) = (pick(&STEMS, stem), pick(&DOMAINS, at / 8));
    match at % 8 {
        0 => format!("domains/{stem}.contract.yaml"),
        1 => format!("domains/{domain}/p/{stem}.odcs.yaml"),
        2 => format!("domains/{domain}/p/q/{stem}.v2.contract.yaml"),
        3 => format!("elsewhere/{stem}.contract.yaml"),
        _ => format!("domains/{domain}/{stem}.contract.yaml"),
    }
}

fn contract(dice: u8, more: u8) -> String {
    let mut text = format!("version: {}.0.0\nfields:\n", more % 3);
    for field in ["id", "sum", "day"].iter().skip(usize::from(more) % 3) {
        text.push_str(&format!("  - {{ name: {field}, type: string }}\n"));
    }
    if !dice.is_multiple_of(5) {
        // Some are written so that no search for their names finds them.
        let name = pick(&NAMES, dice);
        let (first, rest) = name.split_at(1);
        text = match more % 7 {
            0 => format!("schema: \"\\x{:02x}{rest}\"\n{text}", first.as_bytes()[0]),
            _ => format!("schema: {name}\n{text}"),
        };
    }
    if more.is_multiple_of(4) {
        text = format!("domain: {}\n{text}", pick(&DOMAINS, dice / 3));
    }
    text
}

fn write(folder: &Path, made: Made) {
    let (_, _, dice, more) = made;
    let place = place(made);
    let path = folder.join(&place);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::remove_file(&path).ok();
    let text = match (place.ends_with(".odcs.yaml"), more / 8) {
        (_, 0) => contract(dice, more) + "---\n" + &contract(more, dice),
        (_, 1) => String::new(),
        (_, 2) => "schema: [".to_owned(),
        (_, 3) => "#".repeat(3000),
        (_, 4) => {
            fs::write(path, b"schema: \xff\n").unwrap();
            return;
        }
        #[cfg(unix)]
        (_, 5) => {
            std::os::unix::fs::symlink("orders.contract.yaml", path).unwrap();
            return;
        }
        (true, _) => format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: i\nname: {}\nversion: 1.0.0\n\
             status: active\nschema: [{{ name: t, properties: [{{ name: id, logicalType: string }}] }}]\n",
            pick(&NAMES, dice)
        ),
        (false, _) => contract(dice, more),
    };
    fs::write(path, text).unwrap();
}

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .args(["-c", "user.name=a", "-c", "user.email=a", "-c", "gc.auto=0"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "it"]);
}

fn settings(dice: u8) -> Settings {
    let mut settings = Settings::default();
    settings.limits.bytes = 2000;
    let mapped = |path: &str| DomainSettings {
        paths: vec![path.to_owned()],
        ..DomainSettings::default()
    };
    if dice % 4 > 1 {
        let all = ["**/*.contract.yaml", "domains/**/*.odcs.yaml"];
        settings.contracts = all.map(str::to_owned).to_vec();
    }
    if dice.is_multiple_of(2) {
        let domains = &mut settings.domains;
        domains.insert("mapped".to_owned(), mapped("domains/sales/**/m*"));
        domains.insert("sales".to_owned(), mapped("domains/order*"));
    }
    settings
}

/// A name, what is found by it in three ways, what was likely meant, and files that bear it.
type Told = (String, Vec<Vec<Sketch>>, Option<String>, Vec<String>);

fn agree(one: &[Told], other: &[Told], what: &str) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{what}");
    }
}

/// What atlases are asked, a third of all there is, and what they say.
fn told(atlas: &Atlas<'_>, skipped: usize) -> Vec<Told> {
    let mut domains = DOMAINS.to_vec();
    domains.extend(["unassigned", "sals", "crn", "nowhere", "", "..", "*"]);
    let ids = domains.into_iter().flat_map(|domain| {
        let names = NAMES.iter().chain(&["ordres", "nobody", "", "order"]);
        names.map(move |name| format!("{domain}/{name}"))
    });
    let has = |sketch: &Sketch| sketch.fields(None).any(|field| &*field.name == "id");
    let tell = |id: String| {
        let mut found = Vec::new();
        for all in [
            atlas.find(&id, |_| true),
            atlas.find(&id, has),
            atlas.all(&id),
        ] {
            found.push(all.unwrap().iter().map(|one| (**one).clone()).collect());
        }
        let near = atlas.nearest(&id);
        let files = atlas.files_of(&BTreeSet::from([id.clone()])).unwrap();
        let files = files.iter();
        let files = files.map(|file| file.path.clone()).collect();
        (id, found, near, files)
    };
    ids.skip(skipped % 3).step_by(3).map(tell).collect()
}

/// Holds what registers say of a base and of what differs from it to what a look into files says.
fn check(base: &Snapshot, head: &Snapshot, settings: &Settings, what: &str) {
    let domains = Domains::new(settings, None).unwrap();
    let names = Names::new(base, settings, &domains);
    let (old, new) = (base.open().unwrap(), head.open().unwrap());
    let globs = Globs::new(&settings.contracts).unwrap();
    let changed = changes(&old, &new, &globs, Renames::Detect).unwrap();
    let mut plain = settings.clone();
    plain.limits.shortcuts = false;
    let read = |reader: &Reader, entry: Option<&Entry>| {
        entry.and_then(|entry| FileText::read(reader, entry, settings, Side::Head))
    };
    for (side, reader, changed) in [("base", &old, &[][..]), ("head", &new, &changed[..])] {
        let fast = Atlas::uncharted(reader, settings, &domains, Side::Head).by(&names, changed);
        let slow = Atlas::uncharted(reader, &plain, &domains, Side::Head).by(&names, changed);
        let expected = told(&slow, what.len());
        agree(
            &told(&fast, what.len()),
            &expected,
            &format!("{what}: {side}"),
        );
        let texts = changed.iter().filter_map(FileChange::after);
        let texts: Vec<_> = texts
            .filter_map(|entry| read(reader, Some(entry)))
            .collect();
        let revisions = texts
            .iter()
            .flat_map(|file| file.contracts(settings, &domains));
        let held = revisions.map(|one| {
            let (path, packed) = (one.source.path.into(), Some(Packed::of(&one)));
            (one.identity.id(), Known { path, packed })
        });
        let fast = Atlas::uncharted(reader, settings, &domains, Side::Head)
            .by(&names, changed)
            .holding(held.collect::<Vec<_>>());
        agree(
            &told(&fast, what.len()),
            &expected,
            &format!("{what}: {side}, held"),
        );
    }
}

/// What an audit of a commit keeps.
fn keep_all(snapshot: &Snapshot, settings: &Settings) {
    let domains = Domains::new(settings, None).unwrap();
    let reader = snapshot.open().unwrap();
    let entries = reader
        .list(&Globs::new(&settings.contracts).unwrap())
        .unwrap();
    let mut names = Vec::new();
    for (number, entry) in (0_u32..).zip(&entries) {
        let file = FileText::read(&reader, entry, settings, Side::Head);
        let files = file.iter();
        let revisions = files.flat_map(|one| one.contracts(settings, &domains));
        names.extend(revisions.map(|one| (number, one.identity.id())));
    }
    let names: Vec<(u32, &str)> = names.iter().map(|(number, id)| (*number, &**id)).collect();
    keep(settings, &domains, snapshot, &entries, &names).unwrap();
}

fn any_files(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), 0..80_u8), count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn registers_say_what_files_say(
        files in any_files(0..14),
        steps in prop::collection::vec((any_files(0..4), any::<u8>()), 1..4),
        dice in any::<u8>(),
    ) {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        git(at, &["init", "-q", "--template="]);
        files.iter().for_each(|made| write(at, *made));
        commit(at);
        let settings = settings(dice);
        let repository = Repository::discover(at).unwrap();
        let now = || repository.at(repository.resolve("HEAD").unwrap());
        let first = now();
        if dice & 8 == 0 {
            keep_all(&first, &settings);
        }
        check(&first, &first, &settings, "begin");
        for (number, (step, how)) in steps.iter().enumerate() {
            let before = now();
            step.iter().for_each(|made| write(at, *made));
            if let (Some(made), 0) = (step.first(), how % 3) {
                fs::remove_file(at.join(place(*made))).ok();
            }
            let what = format!("step {number}, {how}");
            let worktree = repository.worktree().unwrap();
            check(&before, &worktree, &settings, &format!("{what}, work tree"));
            git(at, &["add", "--all"]);
            let staged = repository.staged().unwrap();
            check(&before, &staged, &settings, &format!("{what}, staged"));
            git(at, &["commit", "-q", "--allow-empty", "-m", "it"]);
            check(&before, &now(), &settings, &what);
            if how & 8 == 0 {
                // The tree that registers are of is no longer there.
                git(at, &["checkout", "-q", "--orphan", "anew"]);
                git(at, &["commit", "-q", "--allow-empty", "-m", "anew"]);
                git(at, &["branch", "-q", "-M", "anew", &format!("b{number}")]);
                let all = ["reflog", "expire", "--expire=now", "--all"];
                git(at, &all);
                git(at, &["gc", "-q", "--prune=now"]);
            }
            let other = self::settings(dice ^ how);
            let repository = Repository::discover(at).unwrap();
            let now = repository.at(repository.resolve("HEAD").unwrap());
            check(&now, &now, &settings, &format!("{what}, as base"));
            check(&now, &now, &other, &format!("{what}, other settings"));
        }
    }
}

/// So many contracts in a domain; the files of most are called otherwise.
fn domain(count: usize) -> (TempDir, Snapshot) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    git(at, &["init", "-q", "--template="]);
    for number in 0..count {
        let place = at.join(format!(
            "domains/crm/p{}/f{number}.contract.yaml",
            number % 7
        ));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(
            place,
            format!("schema: contract_{number}\nfields: [{{ name: id }}]\n"),
        )
        .unwrap();
    }
    commit(at);
    let repository = Repository::discover(at).unwrap();
    let snapshot = repository.at(repository.resolve("HEAD").unwrap());
    (folder, snapshot)
}

#[test]
fn what_is_opened_hangs_on_what_is_asked() {
    let settings = Settings::default();
    let domains = Domains::new(&settings, None).unwrap();
    let ask = |snapshot: &Snapshot, ids: &[&str]| {
        let names = Names::new(snapshot, &settings, &domains);
        let reader = snapshot.open().unwrap();
        let atlas = Atlas::uncharted(&reader, &settings, &domains, Side::Base).by(&names, &[]);
        let mut found = 0;
        for id in ids {
            found += atlas.all(id).unwrap().len() + atlas.find(id, |_| true).unwrap().len();
            atlas.nearest(id);
        }
        (found, reader.stats())
    };
    let (_small, small) = domain(20);
    let (_large, large) = domain(400);
    for (ids, blobs) in [
        (&["crm/contract_7"][..], 1),
        // That of another domain, which is likely meant.
        (&["crm/contract_x", "crn/contract_7", "nowhere/a"], 1),
        (&["crm/contract_7", "crm/contract_8", "crm/f9"], 2),
    ] {
        // The first makes the register, where there is none.
        let first = ask(&small, ids);
        assert_eq!(ask(&large, ids).0, first.0);
        let (found, again) = ask(&small, ids);
        assert_eq!((found, again), ask(&large, ids), "{ids:?}");
        assert_eq!(again.blobs, blobs, "{ids:?}");
    }
}

#[test]
fn where_files_called_alike_suffice_no_register_is_made() {
    let settings = Settings::default();
    let domains = Domains::new(&settings, None).unwrap();
    let (folder, snapshot) = domain(20);
    let alike = folder.path().join("domains/crm/alike.contract.yaml");
    fs::write(alike, "schema: alike\nfields: [{ name: id }]\n").unwrap();
    commit(folder.path());
    let repository = Repository::discover(folder.path()).unwrap();
    let snapshot_now = repository.at(repository.resolve("HEAD").unwrap());
    let names = Names::new(&snapshot_now, &settings, &domains);
    let reader = snapshot_now.open().unwrap();
    let atlas = Atlas::uncharted(&reader, &settings, &domains, Side::Base).by(&names, &[]);
    assert_eq!(atlas.find("crm/alike", |_| true).unwrap().len(), 1);
    let is_kept = || {
        let pages = fs::read_dir(folder.path().join(".git/meshlaw"));
        let mut pages = pages.into_iter().flatten().flatten();
        pages.any(|page| page.file_name().to_string_lossy().starts_with(KIND))
    };
    assert!(!is_kept());
    assert_eq!(atlas.all("crm/alike").unwrap().len(), 1);
    assert!(is_kept());
    assert_ne!(snapshot, snapshot_now);
}
