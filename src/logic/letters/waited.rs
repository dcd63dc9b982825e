//! What a list of what waited says of itself: the list of a morning after quiet hours, or of the hour that a team chose.

use super::tongue::Tongue;
use crate::ground::alert::{Collected, WaitReason};

/// Subject and first sentences of such a list of `all` letters. `None` where it is the list of what was too much for a day,
/// which has words of its own.
pub(super) fn words(
    collected: &Collected,
    all: u64,
    team: &str,
    t: &Tongue,
) -> Option<(String, Vec<String>)> {
    let (subject, lead) = match collected.why? {
        WaitReason::QuietHours => ("quiet-subject", "quiet-lead"),
        WaitReason::DailyLimit => return None,
        // One recipient's own choice is not the team's.
        _ if collected.team.contains('/') => ("listed-subject", "listed-lead-own"),
        WaitReason::Listed | WaitReason::InDigest => ("listed-subject", "listed-lead"),
    };
    let mut sentences = vec![t.tell(lead, &[("team", team.into())]), t.say("list-danger")];
    if collected.more > 0 {
        sentences.push(t.count("collected-more", u64::from(collected.more)));
    }
    Some((t.count(subject, all), sentences))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::language::Language;
    use crate::ground::time::Timestamp;

    #[test]
    fn a_list_says_why_it_is_one() {
        let list = |why| Collected {
            at: Timestamp::UNIX_EPOCH,
            team: "t".into(),
            language: Language::English,
            deliver_to: Vec::new(),
            mails_a_day: 12,
            events: Vec::new(),
            more: 0,
            why,
            digest: None,
        };
        let t = Tongue::of(Language::English);
        let subject = |why| words(&list(why), 4, "t", t).map(|(subject, _)| subject);
        assert_eq!(
            subject(Some(WaitReason::QuietHours)).unwrap(),
            "4 alert e-mails from your quiet hours, listed in one"
        );
        assert_eq!(subject(Some(WaitReason::Listed)).unwrap(), "4 alert e-mails, listed in one");
        assert_eq!((subject(None), subject(Some(WaitReason::DailyLimit))), (None, None));
    }
}
