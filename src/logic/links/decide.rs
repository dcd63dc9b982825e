//! What following a link would do now.

use std::collections::BTreeMap;

use super::{Link, Purpose, SILENCE_DAYS};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Act, Deed};
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// Why there is nothing left to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Already {
    /// There is no such alert, or none any more.
    Unknown,
    /// Somebody has said that they have seen it.
    Seen {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It is over.
    Over {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Reason,
        /// Who said so; empty where nobody did.
        by: String,
    },
    /// Somebody silenced it.
    Silent {
        /// Who.
        by: String,
        /// Until when.
        until: Timestamp,
    },
    /// The address gets no letters any more.
    Left {
        /// Since when.
        at: Timestamp,
    },
    /// There is nothing to take back.
    Undone,
}

impl Already {
    /// What takes back what was done, where there is something.
    pub fn undo(&self) -> Option<Purpose> {
        match self {
            Self::Over { reason: Reason::NotAnIssue, .. } => Some(Purpose::AnIssue),
            Self::Silent { .. } => Some(Purpose::Unsilence),
            Self::Left { .. } => Some(Purpose::ComeBack),
            Self::Unknown | Self::Seen { .. } | Self::Over { .. } | Self::Undone => None,
        }
    }
}

/// The decision that a link stands for, if there is still something to decide. `last` is the newest event of its alert,
/// `acts` is everything that people decided so far, oldest first.
///
/// # Errors
/// There is nothing left to do.
pub fn decide(
    link: &Link,
    last: Option<&AlertEvent>,
    acts: &[(Timestamp, Act)],
    now: Timestamp,
) -> Result<Deed, Already> {
    if matches!(link.purpose, Purpose::Leave | Purpose::ComeBack) {
        return leave(link, acts);
    }
    let last = last.ok_or(Already::Unknown)?;
    let alert = last.alert.clone();
    let over = last.kind == EventKind::Resolved;
    match link.purpose {
        Purpose::NotAnIssue => match last_word(acts, &alert).filter(|said| said.at >= last.opened_at) {
            Some(said) if !said.useful && (over || said.at >= last.at) => Err(said.over()),
            None if over && matches!(last.reason, Reason::NotAnIssue | Reason::Merged) => {
                Err(over_since(last))
            }
            _ => Ok(Deed::Feedback { alert, useful: false, taken_back: false }),
        },
        Purpose::AnIssue => match called_no_issue(acts, &alert) {
            Some(_) => Ok(Deed::Feedback { alert, useful: true, taken_back: true }),
            None => Err(Already::Undone),
        },
        Purpose::Acknowledge | Purpose::Fixed if over => Err(over_since(last)),
        // Said a moment ago, and perhaps not yet read from the log.
        Purpose::Acknowledge | Purpose::Fixed
            if let Some(said) = last_word(acts, &alert)
                && !said.useful
                && said.at >= last.at =>
        {
            Err(said.over())
        }
        Purpose::Acknowledge => {
            let seen = acts.iter().rev().find(
                |(at, act)| matches!(&act.what, Deed::Acknowledge { alert: a } if *a == alert && *at >= last.opened_at),
            );
            match seen {
                Some((at, act)) => Err(Already::Seen { by: act.by.clone(), at: *at }),
                None => Ok(Deed::Acknowledge { alert }),
            }
        }
        Purpose::Fixed => match ended_by(acts, &alert, last.at) {
            Some((at, act)) => Err(Already::Over { at: *at, reason: Reason::SaidFixed, by: act.by.clone() }),
            None => Ok(Deed::Fixed { alert, version: String::new() }),
        },
        _ => {
            let silence = acts.iter().rev().find_map(|(_, act)| match &act.what {
                Deed::Silence { scope, until, .. } if *scope == alert => Some((act.by.clone(), *until)),
                _ => None,
            });
            match silence {
                Some((_, until)) if until > now && link.purpose == Purpose::Unsilence => Ok(Deed::Silence {
                    scope: alert,
                    why: "taken back by a link".into(),
                    until: now,
                    until_worse: false,
                }),
                _ if link.purpose == Purpose::Unsilence => Err(Already::Undone),
                Some((by, until)) if until > now => Err(Already::Silent { by, until }),
                _ => Ok(Deed::Silence {
                    scope: alert,
                    why: "asked for in a letter".into(),
                    until: plus_ms(now, SILENCE_DAYS * DAY_MS),
                    until_worse: false,
                }),
            }
        }
    }
}

fn leave(link: &Link, acts: &[(Timestamp, Act)]) -> Result<Deed, Already> {
    let newest = acts.iter().rev().find_map(|(at, act)| match &act.what {
        Deed::Leave { team, address, left }
            if *team == link.team && address.eq_ignore_ascii_case(&link.address) =>
        {
            Some((*at, *left))
        }
        _ => None,
    });
    let deed = |left| Deed::Leave { team: link.team.clone(), address: link.address.clone(), left };
    match (newest, link.purpose) {
        (Some((_, true)), Purpose::ComeBack) => Ok(deed(false)),
        (_, Purpose::ComeBack) => Err(Already::Undone),
        (Some((at, true)), _) => Err(Already::Left { at }),
        _ => Ok(deed(true)),
    }
}

fn over_since(last: &AlertEvent) -> Already {
    Already::Over { at: last.at, reason: last.reason, by: last.beside.by.clone() }
}

/// Whether an alert was worth it, as somebody said.
struct Word<'a> {
    at: Timestamp,
    useful: bool,
    by: &'a str,
}

impl Word<'_> {
    fn over(&self) -> Already {
        Already::Over { at: self.at, reason: Reason::NotAnIssue, by: self.by.to_owned() }
    }
}

/// What somebody did to end an alert (`resolve`, `fixed`) since its newest event, which is of `since`: the log may not be read
/// so far yet, and no daemon may be running to read it.
pub fn ended_by<'a>(
    acts: &'a [(Timestamp, Act)],
    alert: &str,
    since: Timestamp,
) -> Option<&'a (Timestamp, Act)> {
    acts.iter().rev().find(|(at, act)| {
        matches!(&act.what, Deed::Resolve { alert: of } | Deed::Fixed { alert: of, .. } if of == alert && *at >= since)
    })
}

/// What was said last of whether the alert was worth it.
fn last_word<'a>(acts: &'a [(Timestamp, Act)], alert: &str) -> Option<Word<'a>> {
    acts.iter().rev().find_map(|(at, act)| match &act.what {
        Deed::Feedback { alert: of, useful, .. } if of == alert => {
            Some(Word { at: *at, useful: *useful, by: &act.by })
        }
        _ => None,
    })
}

/// When the alert was called no issue, if that was the last word about it.
pub fn called_no_issue(acts: &[(Timestamp, Act)], alert: &str) -> Option<Timestamp> {
    last_word(acts, alert).and_then(|said| (!said.useful).then_some(said.at))
}

/// Who wants no letters: team → addresses, as they were written when they left, and since when.
pub fn those_who_left(acts: &[(Timestamp, Act)]) -> BTreeMap<String, BTreeMap<String, Timestamp>> {
    let mut left: BTreeMap<String, BTreeMap<String, Timestamp>> = BTreeMap::new();
    for (at, act) in acts {
        let Deed::Leave { team, address, left: leaves } = &act.what else { continue };
        let addresses = left.entry(team.clone()).or_default();
        addresses.retain(|known, _| !known.eq_ignore_ascii_case(address));
        if *leaves {
            addresses.insert(address.clone(), *at);
        }
    }
    left.retain(|_, addresses| !addresses.is_empty());
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    fn link(purpose: Purpose) -> Link {
        Link {
            purpose,
            alert: "a".into(),
            team: "netbooks".into(),
            language: Default::default(),
            address: "Ana@example.org".into(),
            expires: from_ms(i64::MAX),
        }
    }

    fn day(n: i64) -> Timestamp {
        from_ms(n * DAY_MS)
    }

    fn act(at: i64, what: Deed) -> (Timestamp, Act) {
        (day(at), Act { why: String::new(), by: "bo".into(), what, posts: Default::default() })
    }

    fn event(kind: EventKind, reason: Reason) -> AlertEvent {
        let json = serde_json::json!({
            "kind": kind, "at": day(10), "alert": "a", "number": 0, "product": "p", "product_name": "P", "topic": null,
            "cluster": "p.c1", "label": "l", "severity": "normal", "reason": reason, "observed": 3, "expected": 0.1,
            "window_days": 3, "authors": 3, "echoes": 0, "since": day(9), "evidence": [], "quotes": [], "series": [],
            "sources": {}, "regions": {}, "languages": {}, "words": [], "sentiment": 0.0, "chance_years": null,
            "sum": {"level": 0.0, "level_shape": 0.0, "dispersion": 0.0, "score": 0.0, "bar": 0.0, "series": 1, "budget": 4.0},
            "origin": "", "team": "netbooks", "deliver_to": [], "opened_at": day(10), "peak": 3, "total": 3
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn each_link_stands_for_its_command_and_for_nothing_twice() {
        let opened = event(EventKind::Opened, Reason::MoreThanUsual);
        let now = day(11);
        for (purpose, deed) in [
            (Purpose::Acknowledge, Deed::Acknowledge { alert: "a".into() }),
            (Purpose::NotAnIssue, Deed::Feedback { alert: "a".into(), useful: false, taken_back: false }),
            (Purpose::Fixed, Deed::Fixed { alert: "a".into(), version: String::new() }),
            (
                Purpose::Silence,
                Deed::Silence {
                    scope: "a".into(),
                    why: "asked for in a letter".into(),
                    until: day(18),
                    until_worse: false,
                },
            ),
        ] {
            assert_eq!(decide(&link(purpose), Some(&opened), &[], now), Ok(deed.clone()), "{purpose:?}");
            // Said a moment ago, and perhaps not yet read from the log.
            assert!(decide(&link(purpose), Some(&opened), &[act(11, deed)], now).is_err(), "{purpose:?}");
            assert_eq!(decide(&link(purpose), None, &[], now), Err(Already::Unknown), "{purpose:?}");
        }
    }

    #[test]
    fn it_is_ended_once_whoever_did_it_and_may_be_again_when_it_came_back() {
        let acts = [
            act(9, Deed::Fixed { alert: "b".into(), version: String::new() }),
            act(11, Deed::Acknowledge { alert: "a".into() }),
            act(12, Deed::Resolve { alert: "a".into() }),
        ];
        let ended = |alert, since| ended_by(&acts, alert, day(since)).map(|(at, _)| *at);
        assert_eq!((ended("a", 10), ended("a", 13)), (Some(day(12)), None));
        assert_eq!((ended("b", 9), ended("b", 10), ended("c", 0)), (Some(day(9)), None, None));
    }

    #[test]
    fn what_was_decided_before_it_came_back_counts_no_more() {
        let seen = act(5, Deed::Acknowledge { alert: "a".into() });
        let back = event(EventKind::Regressed, Reason::CameBack);
        assert!(decide(&link(Purpose::Acknowledge), Some(&back), &[seen], day(11)).is_ok());
        let silent = act(
            1,
            Deed::Silence { scope: "a".into(), why: String::new(), until: day(8), until_worse: false },
        );
        assert!(decide(&link(Purpose::Silence), Some(&back), &[silent], day(11)).is_ok());
    }

    #[test]
    fn what_is_over_can_be_called_no_issue_once() {
        let over = event(EventKind::Resolved, Reason::BackToUsual);
        for purpose in [Purpose::Acknowledge, Purpose::Fixed] {
            let told = decide(&link(purpose), Some(&over), &[], day(11));
            let over = Already::Over { at: day(10), reason: Reason::BackToUsual, by: String::new() };
            assert_eq!(told, Err(over));
        }
        assert!(decide(&link(Purpose::NotAnIssue), Some(&over), &[], day(11)).is_ok());
        let nothing = event(EventKind::Resolved, Reason::NotAnIssue);
        assert!(decide(&link(Purpose::NotAnIssue), Some(&nothing), &[], day(11)).is_err());
    }

    #[test]
    fn what_was_called_no_issue_is_over_for_every_other_link() {
        let opened = event(EventKind::Opened, Reason::MoreThanUsual);
        let said = act(11, Deed::Feedback { alert: "a".into(), useful: false, taken_back: false });
        for purpose in [Purpose::Fixed, Purpose::Acknowledge, Purpose::NotAnIssue] {
            let told = decide(&link(purpose), Some(&opened), std::slice::from_ref(&said), day(12));
            let over = Already::Over { at: day(11), reason: Reason::NotAnIssue, by: "bo".into() };
            assert_eq!(told, Err(over), "{purpose:?}");
        }
        // It came back since: that was another time.
        let mut back = event(EventKind::Regressed, Reason::CameBack);
        (back.at, back.opened_at) = (day(20), day(10));
        for purpose in [Purpose::Fixed, Purpose::Acknowledge, Purpose::NotAnIssue] {
            let told = decide(&link(purpose), Some(&back), std::slice::from_ref(&said), day(21));
            assert!(told.is_ok(), "{purpose:?}: {told:?}");
        }
    }

    #[test]
    fn what_was_pressed_by_mistake_is_taken_back_once() {
        let opened = event(EventKind::Opened, Reason::MoreThanUsual);
        let of = |purpose, acts: &[(Timestamp, Act)]| decide(&link(purpose), Some(&opened), acts, day(12));
        for purpose in [Purpose::Silence, Purpose::NotAnIssue, Purpose::Leave] {
            let undo = purpose.undo().unwrap();
            assert_eq!(of(undo, &[]), Err(Already::Undone), "{undo:?}: nothing was done");
            let mut acts = vec![act(11, of(purpose, &[]).unwrap())];
            acts.push(act(12, of(undo, &acts).unwrap()));
            assert_eq!(of(undo, &acts), Err(Already::Undone), "{undo:?} twice");
            // And it can be meant after all.
            assert!(of(purpose, &acts).is_ok(), "{purpose:?}");
        }
        assert_eq!([Purpose::Acknowledge, Purpose::Fixed].map(Purpose::undo), [None, None]);
    }

    #[test]
    fn who_left_can_come_back_and_leave_again() {
        let leave = |at, address: &str, left| {
            act(at, Deed::Leave { team: "netbooks".into(), address: address.into(), left })
        };
        let mut acts = vec![leave(1, "ana@example.org", true)];
        assert_eq!(decide(&link(Purpose::Leave), None, &acts, day(2)), Err(Already::Left { at: day(1) }));
        assert_eq!(those_who_left(&acts)["netbooks"].len(), 1);
        acts.push(leave(2, "ANA@example.org", false));
        assert!(decide(&link(Purpose::Leave), None, &acts, day(3)).is_ok());
        assert!(those_who_left(&acts).is_empty());
    }
}
