//! What a list says of itself: that of what was too much for a day, of a morning after quiet hours, or of the hour that a
//! team chose.

use super::tongue::Tongue;
use crate::ground::alert::{Collected, WaitReason};

/// The subject of a list of several alerts (a message of the catalogue that takes `named` and `count`), and its first sentences.
pub(super) fn words(collected: &Collected, team: &str, t: &Tongue) -> (&'static str, Vec<String>) {
    let (subject, lead, end) = match collected.why {
        Some(WaitReason::Storm) => ("collected-subject", "collected-lead-storm", "list-danger"),
        Some(WaitReason::QuietHours) => ("quiet-subject", "quiet-lead", "list-danger"),
        None | Some(WaitReason::DailyLimit) => ("collected-subject", "collected-lead", "collected-doubt"),
        // One recipient's own choice is not the team's.
        Some(_) if collected.team.contains('/') => ("listed-subject", "listed-lead-own", "list-danger"),
        Some(WaitReason::Listed | WaitReason::InDigest) => ("listed-subject", "listed-lead", "list-danger"),
    };
    let most = ("most", collected.mails_a_day.into());
    let team = ("team", team.into());
    let lead = if lead == "collected-lead" { t.tell(lead, &[team, most]) } else { t.tell(lead, &[team]) };
    let mut sentences = vec![lead, t.say(end)];
    if collected.more > 0 {
        sentences.push(t.say("collected-more"));
    }
    (subject, sentences)
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
            zone: None,
            deliver_to: Vec::new(),
            mails_a_day: 12,
            events: Vec::new(),
            more: 0,
            why,
            digest: None,
        };
        let t = Tongue::of(Language::English);
        let said = |why| {
            let (subject, lead) = words(&list(why), "t", t);
            (subject, lead.first().cloned().unwrap_or_default())
        };
        let (quiet, listed) = (Some(WaitReason::QuietHours), Some(WaitReason::Listed));
        assert_eq!([said(quiet).0, said(listed).0], ["quiet-subject", "listed-subject"]);
        assert_eq!([None, Some(WaitReason::DailyLimit)].map(|why| said(why).0), ["collected-subject"; 2]);
        assert!(said(None).1.contains("at most 12"), "{}", said(None).1);
        assert!(!said(Some(WaitReason::Storm)).1.contains("at most"), "no limit was reached");
        let own = Collected { team: "t/ana".into(), ..list(listed) };
        assert!(words(&own, "t", t).1.concat().starts_with("You get the alerts"));
    }
}
