//! Results in, tables for people out: for a terminal, and for the page of the documentation.

use std::fmt::Write as _;

use super::{Results, Row};

impl Row {
    /// Returns how often the reference's time ours is.
    pub fn ratio(&self) -> Option<f64> {
        let theirs = self.theirs?;
        let (ours, theirs) = if self.by_cpu {
            (self.ours.cpu, theirs.cpu)
        } else {
            (self.ours.wall, theirs.wall)
        };
        Some(ours / theirs.max(0.001))
    }

    /// Tells whether what is aimed at is reached; nothing where nothing is.
    pub fn is_reached(&self) -> Option<bool> {
        match (self.mark, self.ratio(), self.limit) {
            (Some(mark), Some(ratio), _) => Some(ratio <= mark),
            (_, _, Some(limit)) => Some(self.ours.wall <= limit),
            _ => None,
        }
    }

    fn aim(&self) -> String {
        let by = if self.by_cpu { " CPU" } else { "" };
        match (self.mark, self.limit) {
            (Some(mark), _) => format!("≤ {mark} ×{by}"),
            (None, Some(limit)) => format!("≤ {limit} ms"),
            (None, None) => "–".to_owned(),
        }
    }

    fn cells(&self) -> [String; 8] {
        let theirs = |cost: fn(&super::Cost) -> f64| {
            self.theirs
                .as_ref()
                .map_or_else(|| "–".to_owned(), |one| milliseconds(cost(one)))
        };
        [
            self.what.clone(),
            milliseconds(self.ours.wall),
            milliseconds(self.ours.cpu),
            format!("{:.0} MB", self.ours.memory as f64 / 1e6),
            theirs(|cost| cost.wall),
            theirs(|cost| cost.cpu),
            self.ratio()
                .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.1} ×")),
            match self.is_reached() {
                Some(true) => format!("{} reached", self.aim()),
                Some(false) => format!("{} missed", self.aim()),
                None => self.aim(),
            },
        ]
    }
}

const HEAD: [&str; 8] = [
    "what",
    "wall",
    "CPU",
    "peak",
    "reference wall",
    "reference CPU",
    "ratio",
    "aim",
];

fn milliseconds(value: f64) -> String {
    if value >= 10_000.0 {
        format!("{:.1} s", value / 1_000.0)
    } else if value >= 100.0 {
        format!("{value:.0} ms")
    } else {
        format!("{value:.1} ms")
    }
}

/// Returns the table with aligned columns.
pub fn text(results: &Results) -> String {
    let rows: Vec<[String; 8]> = results.rows.iter().map(Row::cells).collect();
    let head = HEAD.map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]);
        cells
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut out = format!("{}, {} runs each\n\n", results.machine, results.runs);
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell}{}  ", " ".repeat(width - cell.chars().count()));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// Returns the page of the documentation.
pub fn page(results: &Results) -> String {
    let mut out = format!(
        "<!-- Written by `cargo xtask bench --write`; never edited. -->\n\n# Performance\n\n\
         Measured at {} on {}, with a warm cache. Each figure is the least of {} runs, taken in turn \
         with its reference, so that whatever else the machine does hits both; runs of some milliseconds are \
         taken up to eight times as often.\n\n\
         ![ratios of meshlaw to its references](performance.svg)\n\n",
        results.version, results.machine, results.runs
    );
    let _ = writeln!(out, "| {} |", HEAD.join(" | "));
    let _ = writeln!(out, "|---|--:|--:|--:|--:|--:|--:|---|");
    for row in &results.rows {
        let _ = writeln!(out, "| {} |", row.cells().join(" | "));
    }
    out.push_str("\n## References\n\n");
    for row in &results.rows {
        if let Some(reference) = &row.reference {
            let _ = writeln!(out, "- {}: {reference}", row.what);
        }
    }
    out.push_str(
        "\n## Method\n\n`cargo xtask bench` makes the repositories with `git fast-import`: contracts of about 4 kB \
         with 27 to 38 fields, with comments, flow and block style, block scalars, quotes and nested objects, \
         in 100 domains of 100 folders; 3,000 consumers; every built-in policy and policies of five domains, \
         which find something in about one contract of twenty; 10,000 commits, each of which touches one \
         contract. The same numbers come out on every machine, since nothing is left to chance. The gate is \
         measured with all of it on, as it runs on a machine that has run it before; `nothing kept` is the first \
         run of all. Audits start with nothing kept, but for those called `again`. Of a work tree nobody can \
         know what changed who has not looked at each file, so that an audit of one, again, is measured beside \
         `git status`, which does that, with an index that is up to date. `--quick` takes the small repository and \
         three runs.\n",
    );
    out.push_str(SHARES);
    out
}

/// Looked at with `callgrind`; to be looked at again when work moves.
const SHARES: &str = "
## Where the time goes

Shares of instructions by `callgrind`, of an audit of 10,000 contracts from the work tree with nothing kept:

| what | share |
|---|--:|
| reading values into the contract model, with the checks that need no policy | 28 % |
| the reader of common YAML | 19 % |
| policies: what they read of each field, and looking up what was decided | 16 % |
| consumers, 3,000 of them: what is there for them, and what each may read | 7 % |
| writing down what was found, for the next audit | 6 % |
| reading policies as Cedar does, once | 6 % |
| what names mean elsewhere, references, duplicates | 5 % |
| freeing contracts | 3 % |
| listing files, looking at them and reading them, without what the system does | 3 % |
| reporting and the rest | 7 % |

Of the time, a quarter is the system's: looking at files and reading them. Of a gate over 100 contracts the most is
unpacking what git's packs hold, then reading both sides into the model. Of a gate over one contract, most of the time
is the system's: starting the program, and handing it memory.

## Other estates

Rows that name a shape are of repositories whose contracts all came in one commit, and of which some refer to
others: few fields in each, two thousand, seven thousand, twenty folders deep, fifty thousand in one folder. A gate
over many contracts is beside `git diff`, which reads both texts as the gate must; `git diff --name-only` opens no
file, so that it costs the same however long they are. What an audit of large contracts costs hangs on their fields,
and plain reading hardly does: six times it is out of reach there. Thousands of findings cost more again: what
Cedar is asked, and what is told of each finding, is shared between parts that read alike, and not free.
";
