//! What the doctor says, and what follows from what the machine told.

use std::fmt;

use serde::Serialize;

use crate::assembly::commands::standing::size;
use crate::edges::host::Unit;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Works, and could be better.
    Advice,
    /// Has to be mended.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// What it is about, in one word.
    about: &'static str,
    /// How it is.
    says: String,
    /// What to do; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    then: String,
}

impl Finding {
    pub(super) fn good(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Good, about, says: says.into(), then: String::new() }
    }

    pub(super) fn advice(about: &'static str, says: impl Into<String>, then: impl Into<String>) -> Self {
        Self { level: Level::Advice, about, says: says.into(), then: then.into() }
    }

    pub(super) fn bad(about: &'static str, says: impl Into<String>, then: impl Into<String>) -> Self {
        Self { level: Level::Bad, about, says: says.into(), then: then.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.level {
            Level::Good => "ok",
            Level::Advice => "hint",
            Level::Bad => "WRONG",
        };
        writeln!(f, "{mark:6}{:9} {}", self.about, self.says)?;
        if self.then.is_empty() { Ok(()) } else { writeln!(f, "{:16}-> {}", "", self.then) }
    }
}

/// Of the room on the disk.
pub(super) fn of_room(free: u64, all: u64, least: u64, little: u64) -> Finding {
    let says = format!("{} of {} are free", size(free), size(all));
    match free {
        free if free < least => Finding::bad(
            "disk",
            says,
            "make room: intake stops when the disk is full, and goes on when there is room",
        ),
        free if free < little => Finding::advice("disk", says, "a busy year takes some gigabytes"),
        _ => Finding::good("disk", says),
    }
}

/// Of the unit and the clock.
pub(super) fn of_unit(unit: &Unit) -> Vec<Finding> {
    if !unit.runs_here {
        return vec![Finding::advice(
            "systemd",
            "systemd does not run this machine",
            "whatever starts groundswell has to start it again when it ends",
        )];
    }
    let mut found = vec![match (&unit.file, &unit.lacks_program) {
        (None, _) => Finding::advice(
            "systemd",
            "there is no unit for groundswell",
            "copy systemd/groundswell.service to /etc/systemd/system/ (README.md, As a service)",
        ),
        (Some(file), Some(program)) => Finding::bad(
            "systemd",
            format!("{} starts {}, which is not there", file.display(), program.display()),
            "put the program there, or change ExecStart",
        ),
        (Some(_), None) if !unit.enabled => Finding::advice(
            "systemd",
            "groundswell is not started with the machine",
            "systemctl enable --now groundswell",
        ),
        (Some(file), None) => Finding::good("systemd", format!("{} is enabled", file.display())),
    }];
    if unit.clock_in_step == Some(false) {
        found.push(Finding::advice(
            "clock",
            "the clock is not in step with others yet",
            "timedatectl status; timedatectl set-ntp true",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_says_what_to_do() {
        let unit = |file: Option<&str>, enabled, lacks: Option<&str>, clock| Unit {
            runs_here: true,
            file: file.map(Into::into),
            enabled,
            lacks_program: lacks.map(Into::into),
            clock_in_step: clock,
        };
        let file = Some("/lib/systemd/system/groundswell.service");
        let mut all = vec![
            of_room(10 << 20, 1 << 33, 200 << 20, 2 << 30),
            of_room(1 << 30, 1 << 33, 200 << 20, 2 << 30),
            of_room(1 << 32, 1 << 33, 200 << 20, 2 << 30),
        ];
        for unit in [
            Unit::default(),
            unit(None, false, None, Some(false)),
            unit(file, true, Some("/usr/bin/groundswell"), None),
            unit(file, false, None, None),
            unit(file, true, None, Some(true)),
        ] {
            all.extend(of_unit(&unit));
        }
        let shown: String = all.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(shown);
    }
}
