//! A folder in, a run each time that something in it changes out.

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::failure::ExitStatus;
use crate::output::print;

/// How long it must be quiet before a run: editors save in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// What a terminal clears its screen by.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// Folders in which nothing is looked for.
const IGNORED: [&str; 3] = [".git", "target", "node_modules"];

/// Runs now, and again after each change below the folder, until the process is ended.
///
/// A run that fails is told and does not end the watch.
pub fn watch(
    folder: &Path,
    run: impl Fn() -> anyhow::Result<ExitStatus>,
) -> anyhow::Result<ExitStatus> {
    let (sender, events) = channel();
    let mut watcher = RecommendedWatcher::new(sender, notify::Config::default())?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    loop {
        if std::io::stdout().is_terminal() {
            print(CLEAR)?;
        }
        if let Err(error) = run() {
            print(&format!("error: {error}\n"))?;
        }
        print("\nwatching; end with Ctrl-C\n")?;
        // An end of the channel would mean that the watcher is gone.
        while !events.recv()?.is_ok_and(|event| matters(&event)) {}
        while events.recv_timeout(QUIET).is_ok() {}
    }
}

/// Tells whether an event is about a file that somebody wrote.
fn matters(event: &Event) -> bool {
    let is_ignored = |path: &Path| {
        let mut parts = path.components();
        parts.any(|part| IGNORED.iter().any(|name| part.as_os_str() == *name))
    };
    !matches!(event.kind, EventKind::Access(_)) && !event.paths.iter().all(|path| is_ignored(path))
}
