//! Every command of the README, run in the repository of the demo.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and one that skips says what"
)]

mod playground;

use std::process::Command;

use playground::solver::has_solver;
use playground::{Repository, workspace};

/// A command, the exit status that it is to have, and lines that it is to say, in order.
struct Step {
    command: String,
    code: i32,
    says: Vec<String>,
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let readme = std::fs::read_to_string(workspace("README.md")).unwrap();
    let steps = steps(&readme);
    assert!(steps.len() >= 15, "{} commands", steps.len());
    let repository = demo();
    for step in steps {
        match step.command.strip_prefix("cargo xtask ") {
            Some(chore) => assert!(is_a_chore(chore), "{}", step.command),
            None => run(&repository, &step),
        }
    }
}

#[test]
fn every_step_of_the_guide_to_policies_does_what_it_says() {
    walk("docs/policies.md", 9);
}

#[test]
fn every_step_of_the_page_on_decision_logs_does_what_it_says() {
    walk("docs/decision-log.md", 6);
}

#[test]
fn every_step_of_the_page_on_bundles_does_what_it_says() {
    walk("docs/bundles.md", 8);
}

#[test]
fn every_step_of_the_page_on_the_glossary_does_what_it_says() {
    walk("docs/glossary.md", 4);
}

#[test]
fn every_step_of_the_roll_out_does_what_it_says() {
    walk("docs/rollout.md", 9);
}

#[test]
fn every_step_of_the_page_on_proofs_does_what_it_says() {
    if !has_solver() {
        return;
    }
    walk_in(&Repository::new(), "docs/prove.md", 3);
}

/// Does what a page says in the repository of the demo.
fn walk(page: &str, least: usize) {
    walk_in(&demo(), page, least);
}

/// Does what a page says, in order: at least so many commands.
fn walk_in(repository: &Repository, page: &str, least: usize) {
    let guide = std::fs::read_to_string(workspace(page)).unwrap();
    let mut done = 0;
    for block in guide.split("\n```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap();
        let text = format!("{text}\n");
        if info == "console" {
            for step in steps(&format!("```console\n{text}```")) {
                run(repository, &step);
                done += 1;
            }
        } else if let Some((_, path)) = info.split_once(' ') {
            repository.write(path, &text);
        }
    }
    assert!(done >= least, "{done} commands");
}

#[test]
fn every_command_of_the_page_on_waivers_does_what_it_says() {
    let page = std::fs::read_to_string(workspace("docs/waivers.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() >= 8, "{} commands", steps.len());
    let repository = demo();
    for step in steps {
        run(&repository, &step);
    }
    // The policy that the page shows is one.
    let policy = page
        .split("```cedar\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let path = "policies/org/waivers/parts-named";
    repository
        .write(&format!("{path}/policy.cedar"), policy.unwrap())
        .write(&format!("{path}/README.md"), "# parts-named\n");
    let ran = repository.meshlaw(&["policy", "list"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("org/waivers/parts-named"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_page_that_the_readme_links_to_is_there() {
    let readme = std::fs::read_to_string(workspace("README.md")).unwrap();
    let links = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let mut count = 0;
    for link in links.filter(|link| !link.contains("://")) {
        let path = link.split('#').next().unwrap();
        assert!(workspace("").join(path).exists(), "{link}");
        count += 1;
    }
    assert!(count > 8);
}

/// The mesh with its branch, as `cargo xtask demo` makes it, and the policies beside it.
fn demo() -> Repository {
    let repository = Repository::new();
    repository
        .overlay(&workspace("fixtures/mesh"))
        .commit("mesh", "2026-11-02");
    repository
        .branch("exposed-email")
        .overlay(&workspace("fixtures/demo/head"));
    repository.commit("change", "2026-11-20").checkout("main");
    repository
}

fn steps(readme: &str) -> Vec<Step> {
    let blocks = readme
        .split("```console\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ ") {
            Some(command) => {
                let (command, code) = command.split_once("# exits ").unwrap_or((command, "0"));
                let (command, code) = (command.trim().to_owned(), code.trim().parse().unwrap());
                steps.push(Step {
                    command,
                    code,
                    says: Vec::new(),
                });
            }
            None => steps.last_mut().unwrap().says.push(line.to_owned()),
        }
    }
    steps
}

fn run(repository: &Repository, step: &Step) {
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_meshlaw"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &on_a_fixed_day(&step.command)])
        .current_dir(repository.path())
        .env("PATH", path)
        .env_remove("GITHUB_BASE_REF")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@example.org")
        .output()
        .unwrap();
    let ran = playground::ran(output);
    assert_eq!(
        ran.code, step.code,
        "{}\n{}{}",
        step.command, ran.stdout, ran.stderr
    );
    let mut lines = ran.stdout.lines();
    for said in step.says.iter().filter(|line| *line != "…") {
        assert!(
            lines.any(|line| line == said),
            "{} does not say:\n{said}",
            step.command
        );
    }
}

/// The example's waivers and sunsets have days of their own, which a test must not wait for.
fn on_a_fixed_day(command: &str) -> String {
    let dated = [
        "audit",
        "baseline",
        "check",
        "gate",
        "policy forecast",
        "policy impact",
        "policy promote",
        "policy prove",
        "waiver list",
        "waiver new",
        "waiver renew",
    ];
    let is_dated = dated
        .iter()
        .any(|name| command.starts_with(&format!("meshlaw {name}")));
    if is_dated {
        format!("{command} --as-of 2026-11-23")
    } else {
        command.to_owned()
    }
}

fn is_a_chore(chore: &str) -> bool {
    let name = chore.split_whitespace().next().unwrap();
    workspace("xtask/src").join(format!("{name}.rs")).exists()
}
