//! What a list of what waited says of itself: the list of a morning after quiet hours, or of the hour that a team chose.

use crate::ground::alert::{Collected, WaitReason};

/// Subject and first sentences of such a list; `what` counts what is in it. `None` where it is the list of what was too
/// much for a day, which has words of its own.
pub(super) fn words(collected: &Collected, what: &str, team: &str) -> Option<(String, Vec<String>)> {
    let (subject, lead) = match collected.why? {
        WaitReason::QuietHours => (
            format!("{what} from your quiet hours, listed in one"),
            format!(
                "Team \"{team}\" has quiet hours (quiet in teams.toml), and this is what came in them, in order. The alerts themselves are open or closed as if each had been written about."
            ),
        ),
        WaitReason::Listed | WaitReason::InDigest => (
            format!("{what}, listed in one"),
            format!(
                "Team \"{team}\" gets its alerts as a list (alerts in teams.toml), and this is what came since the last one, in order. The alerts themselves are open or closed as if each had been written about."
            ),
        ),
        WaitReason::DailyLimit => return None,
    };
    Some((subject, vec![lead, "What could hurt somebody is always written about at once.".to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Timestamp;

    #[test]
    fn a_list_says_why_it_is_one() {
        let list = |why| Collected {
            at: Timestamp::UNIX_EPOCH,
            team: "t".into(),
            deliver_to: Vec::new(),
            mails_a_day: 12,
            events: Vec::new(),
            more: 0,
            why,
            digest: None,
        };
        let subject = |why| words(&list(why), "4 alert letters", "t").map(|(subject, _)| subject);
        assert_eq!(
            subject(Some(WaitReason::QuietHours)).unwrap(),
            "4 alert letters from your quiet hours, listed in one"
        );
        assert_eq!(subject(Some(WaitReason::Listed)).unwrap(), "4 alert letters, listed in one");
        assert_eq!((subject(None), subject(Some(WaitReason::DailyLimit))), (None, None));
    }
}
