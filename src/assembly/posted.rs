//! From what the analysis decided to the letters that are put into the outbox: the daemon, and a command in its place, do
//! the same.

use crate::edges::store::{ToSend, What};
use crate::ground::alert::Severity;
use crate::ground::time::Timestamp;
use crate::logic::analysis::{Analysis, Letter, Outcome};
use crate::logic::letters::{Sender, collected_id, message_id_of};

/// The letters of these outcomes, in order, as they go at `now`; `None` where history is lived through, and the machine's clock
/// says nothing of what is out of date. `operators` get what could hurt somebody and nobody of its teams is left for.
pub(super) fn letters<'o>(
    outcomes: &'o [Outcome],
    analysis: &Analysis,
    sender: &Sender,
    operators: &'o [String],
    now: Option<Timestamp>,
) -> Vec<ToSend<'o>> {
    let current = |letter: &Letter<'_>| {
        let Letter::Collected(collected) = letter else { return true };
        now.is_none_or(|now| !collected.is_out_of_date(now))
    };
    let all = outcomes.iter().flat_map(Outcome::letters).filter(current);
    all.filter_map(|l| one(l, analysis, sender, operators)).collect()
}

fn one<'o>(
    letter: Letter<'o>,
    analysis: &Analysis,
    sender: &Sender,
    operators: &'o [String],
) -> Option<ToSend<'o>> {
    match letter {
        Letter::Collected(collected) => Some(ToSend {
            message_id: collected_id(collected, sender),
            to: &collected.deliver_to,
            what: What::Collected(collected),
        }),
        Letter::Event { alert, number, team, mut deliver_to, event } => {
            if deliver_to.is_empty() {
                // What could hurt somebody must not go unread because nobody of the teams is left.
                let event = event.filter(|e| e.severity == Severity::Safety && e.team == team)?;
                if event.addressees().any(|(team, ..)| !analysis.readers(team).is_empty()) {
                    return None;
                }
                deliver_to = operators;
            }
            let what = What::Event { alert, number, team, with_event: event.is_some() };
            let message_id = message_id_of(alert, number, team, sender);
            (!deliver_to.is_empty()).then_some(ToSend { message_id, to: deliver_to, what })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::Collected;
    use crate::ground::digest::Digest;
    use crate::ground::language::Language;

    #[test]
    fn who_starts_with_history_gets_one_digest_and_not_one_for_each_monday() {
        let digest = |at: &str| {
            let digest = Some(Box::new(Digest { days: 7, ..Digest::default() }));
            let list = Collected {
                at: at.parse().unwrap(),
                team: "t".into(),
                language: Language::English,
                zone: None,
                deliver_to: vec!["t@example.org".into()],
                mails_a_day: 12,
                events: Vec::new(),
                more: 0,
                why: None,
                digest,
            };
            Outcome { collected: vec![list], ..Outcome::default() }
        };
        let outcomes = ["2025-01-06T08:00:00Z", "2025-01-13T08:00:00Z", "2025-01-20T08:00:00Z"].map(digest);
        let (analysis, sender) = (Analysis::default(), Sender::default());
        let sent = |now: Option<&str>| {
            let now = now.map(|now| now.parse().unwrap());
            letters(&outcomes, &analysis, &sender, &[], now).len()
        };
        assert_eq!(sent(Some("2025-01-20T09:00:00Z")), 1);
        assert_eq!(sent(Some("2025-01-20T07:00:00Z")), 1, "this one is to come");
        assert_eq!(sent(None), 3, "history is lived through at the times that it tells");
        // Where something happened that the next would not tell, it goes.
        let mut told = outcomes.clone();
        if let Some(digest) = &mut told[0].collected[0].digest {
            digest.more_told = 1;
        }
        let now = Some("2025-01-20T09:00:00Z".parse().unwrap());
        assert_eq!(letters(&told, &analysis, &sender, &[], now).len(), 2);
    }
}
