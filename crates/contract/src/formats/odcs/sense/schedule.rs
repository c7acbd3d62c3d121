//! Schedules that call themselves cron, of quality rules and service levels.

use croner::parser::{CronParser, Seconds, Year};

use super::text;
use crate::lowering::Lowering;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId};

/// Checks the schedule of a part.
pub(super) fn check<'d>(low: &mut Lowering<'d>, part: NodeRef<'d>) {
    let Some((stated, schedule)) = part.get("schedule").zip(text(part, "schedule")) else {
        return;
    };
    let scheduler = text(part, "scheduler");
    let is_cron = scheduler.is_some_and(|name| name.trim().eq_ignore_ascii_case("cron"));
    // Another scheduler has words of its own.
    if (!is_cron && (scheduler.is_some() || !looks_like_cron(schedule))) || is_sound(schedule) {
        return;
    }
    let message = format!("{} is not a schedule of cron", quoted(schedule));
    let help = "write minute, hour, day, month and weekday, as in `0 20 * * *`".to_owned();
    low.within("schedule", |low| {
        if is_cron {
            low.contradiction(ProblemId::Contradiction, stated.span(), message, help);
        } else {
            low.doubt(ProblemId::BadValue, stated.span(), message, help);
        }
    });
}

/// Tells whether a schedule can be read; some engines put seconds in front and years behind, and
/// know a few names.
fn is_sound(schedule: &str) -> bool {
    let parser = CronParser::builder()
        .seconds(Seconds::Optional)
        .year(Year::Optional)
        .build();
    schedule.trim() == "@reboot" || parser.parse(schedule).is_ok()
}

fn looks_like_cron(schedule: &str) -> bool {
    let is_field = |field: &str| {
        field.starts_with(|c: char| c.is_ascii_digit() || c == '*')
            && field
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "*/,-?#".contains(c))
    };
    let fields = schedule.split_whitespace();
    let count = fields.clone().count();
    (5..=7).contains(&count) && fields.filter(|field| is_field(field)).count() + 2 >= count
}
