//! What fields, datasets and contracts share in, edits out: names in storage and deprecations.

use meshlaw_contract::model::Deprecation;

use crate::edit::{Aspect, Motion};
use crate::recorder::{Recorder, Spot, Text};

impl Recorder<'_> {
    /// A name in storage that is not stated is the name itself.
    pub(crate) fn physical_name(
        &mut self,
        at: &impl Spot,
        before: (&str, Option<&str>),
        after: (&str, Option<&str>),
    ) {
        if before.1 == after.1 {
            return;
        }
        let (old, new) = (before.1.unwrap_or(before.0), after.1.unwrap_or(after.0));
        let motion = if old == new {
            Motion::Restated
        } else {
            Motion::Changed
        };
        let at = at.word("physical_name");
        self.edit(
            Aspect::PhysicalName,
            motion,
            &at,
            Some(old.to_owned()),
            Some(new.to_owned()),
        );
    }

    pub(crate) fn deprecation(
        &mut self,
        at: &impl Spot,
        before: Option<&Deprecation>,
        after: Option<&Deprecation>,
    ) {
        let at = at.word("deprecated");
        let shown = |one: Option<&Deprecation>| {
            let sunset = one?.sunset;
            Some(sunset.map_or("no sunset".to_owned(), |date| format!("sunset {date}")))
        };
        match (before, after) {
            (None, Some(_)) => {
                self.edit(Aspect::Deprecation, Motion::Added, &at, None, shown(after));
            }
            (Some(_), None) => {
                self.edit(
                    Aspect::Deprecation,
                    Motion::Removed,
                    &at,
                    shown(before),
                    None,
                );
            }
            (Some(old), Some(new)) => {
                let sunset = at.word("sunset");
                self.scale(
                    Aspect::Sunset,
                    &sunset,
                    old.sunset.as_ref(),
                    new.sunset.as_ref(),
                );
                let rest = |one: &Deprecation| Deprecation {
                    sunset: None,
                    ..one.clone()
                };
                if rest(old) != rest(new) {
                    let (old, new) = (besides_sunset(old), besides_sunset(new));
                    self.edit(Aspect::Deprecation, Motion::Changed, &at, old, new);
                }
            }
            (None, None) => {}
        }
    }
}

fn besides_sunset(notice: &Deprecation) -> Text {
    let since = notice.since.map(|date| format!("since {date}"));
    let replacement = notice.replacement.as_ref();
    let replacement = replacement.map(|text| format!("replaced by {text}"));
    let parts: Vec<_> = [since, replacement, notice.reason.clone()]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
