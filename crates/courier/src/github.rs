//! The few calls to GitHub's REST API that a pull request needs: one comment that is kept up to
//! date, and the reviews with the teams of those who wrote them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::http::{Http, HttpError, Method, Request};

/// Items that one page holds; GitHub gives no more.
const PER_PAGE: usize = 100;

/// Pages that are read of one list.
const MOST_PAGES: usize = 50;

/// A repository at GitHub, and the right to speak there.
#[derive(Debug)]
pub struct GitHub {
    http: Http,
    api: String,
    repository: String,
    token: String,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// It was not there.
    Created,
    /// It said something else.
    Updated,
    /// It said this already.
    Unchanged,
    /// It was not there, and was not asked for anew.
    Absent,
}

/// A team as GitHub calls it: `@organisation/slug`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Team {
    /// The organisation.
    pub organisation: String,
    /// The team within it.
    pub slug: String,
}

/// Who approved a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Accounts whose last word is an approval of the head, each with the teams it is in.
    pub approvals: BTreeMap<String, Vec<Team>>,
    /// Teams whose members this token may not read, so that nobody speaks for them.
    pub unreadable: Vec<Team>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct IssueComment {
    id: u64,
    #[serde(default)]
    body: String,
    user: Option<Account>,
}

#[derive(Deserialize)]
struct Review {
    user: Option<Account>,
    state: String,
    commit_id: Option<String>,
}

impl Team {
    /// Reads `@organisation/slug`; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (organisation, slug) = text.trim_start_matches('@').split_once('/')?;
        let is_plain = |word: &str| {
            let fits = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
            !word.is_empty() && word.chars().all(fits) && word.chars().any(|one| one != '.')
        };
        (is_plain(organisation) && is_plain(slug)).then(|| Self {
            organisation: organisation.to_owned(),
            slug: slug.to_owned(),
        })
    }
}

impl std::fmt::Display for Team {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "@{}/{}", self.organisation, self.slug)
    }
}

impl GitHub {
    /// Speaks to the API at `api` about `repository`, as `owner/name`.
    pub fn new(http: Http, api: &str, repository: &str, token: &str) -> Self {
        Self {
            http,
            api: api.trim_end_matches('/').to_owned(),
            repository: repository.to_owned(),
            token: token.to_owned(),
        }
    }

    /// Makes the one comment of a pull request that holds `marker` say `body`.
    ///
    /// Only a comment of an application is taken for it: whoever writes the marker by hand keeps
    /// the comment. A new one is written only where `may_create`.
    ///
    /// # Errors
    ///
    /// Fails where GitHub does not answer or refuses, as it does a token of a fork.
    pub fn comment(
        &self,
        number: u64,
        marker: &str,
        body: &str,
        may_create: bool,
    ) -> Result<Comment, HttpError> {
        let path = format!("/repos/{}/issues/{number}/comments", self.repository);
        let comments: Vec<IssueComment> = self.list(&path)?;
        let is_ours = |comment: &&IssueComment| {
            let author = comment.user.as_ref();
            comment.body.contains(marker) && author.is_some_and(|author| author.kind == "Bot")
        };
        match comments.iter().find(is_ours) {
            Some(comment) if comment.body.trim_end() == body.trim_end() => Ok(Comment::Unchanged),
            Some(comment) => {
                let path = format!("/repos/{}/issues/comments/{}", self.repository, comment.id);
                self.write(Method::Patch, &path, &json!({ "body": body }))?;
                Ok(Comment::Updated)
            }
            None if may_create => {
                self.write(Method::Post, &path, &json!({ "body": body }))?;
                Ok(Comment::Created)
            }
            None => Ok(Comment::Absent),
        }
    }

    /// Returns who approves the head of a pull request, and which of the teams each is in.
    ///
    /// The last review of an account counts, comments aside, and only if it is about `head`.
    ///
    /// # Errors
    ///
    /// Fails where GitHub does not answer or refuses; a team that may not be read is no failure.
    pub fn reviews(&self, number: u64, head: &str, teams: &[Team]) -> Result<Reviews, HttpError> {
        let path = format!("/repos/{}/pulls/{number}/reviews", self.repository);
        let all: Vec<Review> = self.list(&path)?;
        let mut last: BTreeMap<String, bool> = BTreeMap::new();
        for review in all {
            let Some(author) = review.user.filter(|_| review.state != "COMMENTED") else {
                continue;
            };
            let is_head = review.commit_id.as_deref() == Some(head);
            last.insert(author.login, review.state == "APPROVED" && is_head);
        }
        let mut reviews = Reviews::default();
        let approving = last.into_iter().filter(|(_, approves)| *approves);
        reviews.approvals = approving.map(|(login, _)| (login, Vec::new())).collect();
        if reviews.approvals.is_empty() {
            return Ok(reviews);
        }
        for team in teams {
            if !self.may_read(team)? {
                reviews.unreadable.push(team.clone());
                continue;
            }
            for (login, own) in &mut reviews.approvals {
                if self.is_member(team, login)? {
                    own.push(team.clone());
                }
            }
        }
        Ok(reviews)
    }

    fn may_read(&self, team: &Team) -> Result<bool, HttpError> {
        let path = format!("/orgs/{}/teams/{}", team.organisation, team.slug);
        Ok(self.get(&path)?.0 == 200)
    }

    fn is_member(&self, team: &Team, login: &str) -> Result<bool, HttpError> {
        let Team { organisation, slug } = team;
        let path = format!("/orgs/{organisation}/teams/{slug}/memberships/{login}");
        let (status, body) = self.get(&path)?;
        let membership: Value = serde_json::from_str(&body).unwrap_or_default();
        Ok(status == 200 && membership.get("state").and_then(Value::as_str) == Some("active"))
    }

    fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, HttpError> {
        let mut all = Vec::new();
        for page in 1..=MOST_PAGES {
            let path = format!("{path}?per_page={PER_PAGE}&page={page}");
            let request = self.request(Method::Get, &path, String::new());
            let response = self.http.deliver(&request)?;
            let items: Vec<T> =
                serde_json::from_str(&response.body).map_err(|error| HttpError::Unreachable {
                    host: "GitHub".to_owned(),
                    why: format!("the answer is not what the API promises: {error}"),
                })?;
            let is_last = items.len() < PER_PAGE;
            all.extend(items);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    fn get(&self, path: &str) -> Result<(u16, String), HttpError> {
        let request = self.request(Method::Get, path, String::new());
        let response = self.http.send(&request)?;
        Ok((response.status, response.body))
    }

    fn write(&self, method: Method, path: &str, body: &Value) -> Result<(), HttpError> {
        let request = self.request(method, path, body.to_string());
        self.http.deliver(&request).map(|_| ())
    }

    fn request(&self, method: Method, path: &str, body: String) -> Request {
        let mut headers = vec![
            ("accept", "application/vnd.github+json".to_owned()),
            ("authorization", format!("Bearer {}", self.token)),
            ("x-github-api-version", "2022-11-28".to_owned()),
        ];
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Request {
            method,
            url: format!("{}{path}", self.api),
            headers,
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_are_read_as_github_writes_them() {
        for (text, expected) in [
            ("@acme/data.gov", Some("@acme/data.gov")),
            ("acme/x", Some("@acme/x")),
            ("@acme", None),
            ("@a/../b", None),
            ("@../..", None),
            ("@a/b?c", None),
        ] {
            let team = Team::parse(text).map(|team| team.to_string());
            assert_eq!(team.as_deref(), expected, "{text}");
        }
    }
}
