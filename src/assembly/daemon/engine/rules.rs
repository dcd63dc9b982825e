//! New rules: put in force where they are sound, refused where they are not.

use super::super::baseline::{changed_topics, learn};
use super::{Engine, Taken};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::tell_problems;
use crate::ground::entry::{Body, RuleFiles};
use crate::ground::time::Timestamp;
use crate::logic::assess::Assessor;
use crate::logic::rules::{RuleSet, renamed, report};

impl Engine {
    /// Puts rules in force if they are sound and differ from those that are. Unsound ones, and a folder that cannot be read
    /// (`Err` says why), change nothing when there are rules from before.
    ///
    /// # Errors
    /// The rules have an error and there are none from before, or the store cannot be written.
    pub fn take_rules(&mut self, read: &Result<RuleFiles, String>) -> Result<Taken, Failure> {
        let known = !self.analysis.rule_files().files.is_empty();
        let files = match read {
            Ok(files) => files,
            Err(why) if known => return self.refuse(why, why),
            Err(why) => return Err(Failure::say(Exit::NoInput, why)),
        };
        // Nothing new, and nothing to say again.
        if known && files.files == self.analysis.rule_files().files {
            let taken = self.sound()?;
            tracing::info!(folder = files.folder, "the rules are as they were");
            return Ok(taken);
        }
        let (set, mut problems) = RuleSet::load(files);
        problems.extend(Assessor::problems(files));
        if let Some(set) = &set {
            problems.extend(renamed(self.analysis.rules(), set));
        }
        let wrong = tell_problems(&problems, files);
        let Some(set) = set.filter(|_| !wrong) else {
            if !known {
                return Err(Failure::said());
            }
            return self.refuse(&report::to_json(&problems), &report::to_text(&problems, files, false));
        };
        let taken = self.sound()?;
        let changed = if known { changed_topics(self.analysis.rules(), &set) } else { Vec::new() };
        // Rules do not move the clock of the log.
        let at = self.store.last_time()?.unwrap_or(Timestamp::UNIX_EPOCH);
        let body = Body::Rules(files.clone());
        self.patiently(|store| store.append_entry(at, &body))?;
        self.advance()?;
        let products = self.analysis.rules().products.len();
        tracing::info!(folder = files.folder, products, "new rules are in force");
        for body in learn(&self.store, &self.analysis, &changed, at)? {
            if let Body::Baseline { product, topic, spoken } = &body {
                let posts = spoken.len();
                tracing::info!(product, topic, posts, "what is usual for this topic was learnt from the log");
            }
            self.patiently(|store| store.append_entry(at, &body))?;
        }
        self.advance()?;
        Ok(taken)
    }

    /// Notes that nothing is refused any more; says whether something was.
    fn sound(&mut self) -> Result<Taken, Failure> {
        let refused = self.store.note("rules_refused")?.is_some_and(|note| !note.is_empty());
        self.patiently(|store| store.set_note("rules_refused", ""))?;
        Ok(if refused { Taken::InForceAgain } else { Taken::InForce })
    }

    /// Notes why new rules are refused; they are told as new only if those before were sound.
    fn refuse(&mut self, note: &str, why: &str) -> Result<Taken, Failure> {
        let told = self.store.note("rules_refused")?.is_some_and(|note| !note.is_empty());
        self.patiently(|store| store.set_note("rules_refused", note))?;
        tracing::error!("the new rules cannot be used: those of before stay in force");
        tracing::debug!(why);
        Ok(if told { Taken::StillRefused } else { Taken::Refused(why.to_owned()) })
    }
}
