//! A dataset in, how many records it must have out.

use meshlaw_contract::model::{Check, Dataset};

use crate::shape::Violation;

/// How many records a dataset promises.
#[derive(Debug)]
pub struct RowCount;

impl RowCount {
    /// Says which promises a number of records breaks.
    pub fn check(dataset: &Dataset, count: u64) -> Vec<Violation> {
        let rules = dataset.quality.iter().filter(|rule| rule.is_absolute());
        let there = match count {
            1 => "there is 1 record".to_owned(),
            count => format!("there are {count} records"),
        };
        let broken = rules.filter_map(|rule| {
            let Check::RowCount { min, max } = rule.check else {
                return None;
            };
            let is_within =
                min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max);
            (!is_within).then(|| Violation {
                pointer: dataset.pointer().word("quality").name(rule.identity()),
                message: match (min, max) {
                    (Some(min), _) if count < min => {
                        format!("{there}, and at least {min} are promised")
                    }
                    (_, max) => format!(
                        "{there}, and at most {} are promised",
                        max.unwrap_or_default()
                    ),
                },
            })
        });
        broken.collect()
    }
}
