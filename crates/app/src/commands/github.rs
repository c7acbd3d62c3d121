//! What the GitHub Action asks of GitHub: one comment, and who approved.

use std::path::{Path, PathBuf};

use meshlaw_courier::{Comment, GitHub, Http, Team};
use meshlaw_report::formats::markdown::MARKER;
use serde::Deserialize;

use crate::approvals::{Approval, Approvals};
use crate::environment::variable;
use crate::failure::{ExitStatus, Failure};
use crate::ground::Ground;
use crate::output::{print, write_file};

/// Speak to GitHub about the pull request of this run
///
/// Runs in a workflow: reads GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_TOKEN.
#[derive(Debug, clap::Args)]
pub struct GithubArgs {
    #[command(subcommand)]
    command: GithubCommand,
}

#[derive(Debug, clap::Subcommand)]
enum GithubCommand {
    /// Write who approved the pull request, with their teams, for `gate --approvals`
    Approvals(ApprovalsArgs),
    /// Keep the one comment of the pull request up to date
    Comment(CommentArgs),
}

#[derive(Debug, clap::Args)]
struct ApprovalsArgs {
    /// Revision whose settings name the teams
    #[arg(long, value_name = "REV")]
    base: String,
    /// File to write
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
struct CommentArgs {
    /// Markdown, as `--format markdown=FILE` writes it
    file: PathBuf,
    /// Write no comment where there is none yet
    #[arg(long)]
    update_only: bool,
}

/// The event that started the workflow, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    number: u64,
    head: Head,
}

#[derive(Debug, Deserialize)]
struct Head {
    sha: String,
}

/// Runs what was asked for.
pub fn run(args: &GithubArgs) -> anyhow::Result<ExitStatus> {
    let Some(pull) = pull_request()? else {
        print("this run is about no pull request, so there is nothing to do\n")?;
        return Ok(ExitStatus::Pass);
    };
    match &args.command {
        GithubCommand::Approvals(args) => approvals(args, &pull),
        GithubCommand::Comment(args) => comment(args, &pull),
    }
}

fn approvals(args: &ApprovalsArgs, pull: &PullRequest) -> anyhow::Result<ExitStatus> {
    let ground = Ground::at(&args.base)?;
    let named = ground.settings.teams.values();
    let named = named.filter_map(|team| Team::parse(team.notify.github.as_deref()?));
    let teams: Vec<Team> = named.collect();
    let reviews = github()?
        .reviews(pull.number, &pull.head.sha, &teams)
        .map_err(|error| refused(&error))?;
    let mut told = String::new();
    for team in &reviews.unreadable {
        told.push_str(&format!(
            "this token may not read {team}, so nobody speaks for it\n"
        ));
    }
    let mut approvals = Approvals {
        head: Some(pull.head.sha.clone()),
        approvals: Vec::new(),
    };
    for (login, teams) in reviews.approvals {
        let teams: Vec<String> = teams.iter().map(ToString::to_string).collect();
        let for_teams = match teams.as_slice() {
            [] => "no team of the settings".to_owned(),
            teams => teams.join(", "),
        };
        told.push_str(&format!("{login} approved, for {for_teams}\n"));
        // An account can stand for a team of its own.
        let own = format!("@{login}");
        approvals.approvals.push(Approval {
            by: login,
            teams: teams.into_iter().chain([own]).collect(),
        });
    }
    let json = serde_json::to_string_pretty(&approvals)?;
    write_file(&args.output, &(json + "\n"))?;
    print(&told)?;
    Ok(ExitStatus::Pass)
}

fn comment(args: &CommentArgs, pull: &PullRequest) -> anyhow::Result<ExitStatus> {
    let body = read(&args.file)?;
    if !body.contains(MARKER) {
        let message = format!("`{}` is no comment of meshlaw", args.file.display());
        let help = "write it with `meshlaw gate --format markdown=FILE`";
        return Err(Failure::new(message, help).into());
    }
    let done = github()?
        .comment(pull.number, MARKER, &body, !args.update_only)
        .map_err(|error| refused(&error))?;
    print(match done {
        Comment::Created => "commented on the pull request\n",
        Comment::Updated => "brought the comment up to date\n",
        Comment::Unchanged => "the comment says this already\n",
        Comment::Absent => "there is nothing to say, and no comment to bring up to date\n",
    })?;
    Ok(ExitStatus::Pass)
}

fn refused(error: &dyn std::fmt::Display) -> Failure {
    let help = "the token of a pull request from a fork may only read; elsewhere the workflow gives \
                it `pull-requests: write`, and an application's token reads teams";
    Failure::new(error.to_string(), help)
}

fn pull_request() -> Result<Option<PullRequest>, Failure> {
    let path = required("GITHUB_EVENT_PATH")?;
    let text = read(Path::new(&path))?;
    let event: Event = serde_json::from_str(&text).map_err(|error| {
        let message = format!("the event of the workflow cannot be read: {error}");
        Failure::new(message, "").at(path)
    })?;
    Ok(event.pull_request)
}

fn github() -> Result<GitHub, Failure> {
    let api = variable("GITHUB_API_URL");
    Ok(GitHub::new(
        Http::default(),
        api.as_deref().unwrap_or("https://api.github.com"),
        &required("GITHUB_REPOSITORY")?,
        &required("GITHUB_TOKEN")?,
    ))
}

fn required(name: &str) -> Result<String, Failure> {
    variable(name).ok_or_else(|| {
        let help = "run it in a workflow of GitHub, which sets it; a token is handed over as `env`";
        Failure::new(format!("`{name}` is not set"), help)
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Failure::new(message, "name a file that is there")
    })
}
