//! What the doctor says, and what follows from what the machine told.

use std::fmt;
use std::path::Path;

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

/// A secret that is none.
pub(super) const EMPTY: &str = "it is empty";

/// A file that holds a secret and that the settings name.
pub(super) struct Secret<'s> {
    /// What it is about, in one word.
    pub(super) about: &'static str,
    /// What it is for, in words: `the secret of help-desk`.
    pub(super) what: String,
    /// Its path.
    pub(super) path: &'s Path,
    /// The key of the settings that names it.
    pub(super) key: &'static str,
    /// The name that a credential in its place would have.
    pub(super) credential: String,
    /// Its mode, or why it cannot be opened.
    pub(super) read: Result<u32, String>,
}

/// Of a secret: can the service read it, and nobody else? Under `DynamicUser` no file can be given to the service's user, so
/// the way there is a credential.
pub(super) fn of_secret(secret: &Secret<'_>, unit: &Unit) -> Finding {
    let Secret { about, what, path, key, credential, read } = secret;
    let shown = path.display();
    let hand_over = |file: &dyn fmt::Display| {
        format!(
            "hand it over as a credential: systemctl edit groundswell, [Service] LoadCredential={credential}:{file} (the file: root, chmod 600), and {key} = \"{}/{credential}\"",
            Unit::CREDENTIALS
        )
    };
    if let Ok(name) = path.strip_prefix(Unit::CREDENTIALS) {
        let name = name.to_string_lossy();
        return match (unit.credentials.get(name.as_ref()), read) {
            (_, Ok(_)) => Finding::good(about, format!("{what} is handed over by systemd")),
            (Some(file), Err(_)) if file.is_absolute() && !file.exists() => Finding::bad(
                about,
                format!("{what} is to be handed over by systemd from {}, which is not there", file.display()),
                "make the file (root, chmod 600)",
            ),
            (Some(_), Err(_)) => Finding::good(
                about,
                format!(
                    "{what} is handed over by systemd; it can be seen only while the service runs, by root"
                ),
            ),
            (None, Err(_)) => Finding::bad(
                about,
                format!("{what} is to be handed over by systemd, and the unit does not do so: {shown}"),
                format!(
                    "systemctl edit groundswell, [Service] LoadCredential={name}:/etc/credstore/groundswell.{name}"
                ),
            ),
        };
    }
    match read {
        Err(e) => Finding::bad(
            about,
            format!("{what} cannot be read: {shown}: {e}"),
            if e == EMPTY && *key == "secret_file" {
                "write the secret into it; of a webhook's at least 16 random characters".into()
            } else if e == EMPTY {
                format!("write into it what {key} is to hold (groundswell source list)")
            } else if unit.dynamic_user {
                hand_over(&shown)
            } else {
                "make it, or let the user that groundswell runs as read it".into()
            },
        ),
        Ok(mode) if unit.dynamic_user && mode & 0o004 == 0 => Finding::bad(
            about,
            format!(
                "{what} can be read from here and not by the service, whose user is there only while it runs: {shown}"
            ),
            hand_over(&shown),
        ),
        Ok(mode) if mode & 0o007 != 0 => Finding::bad(
            about,
            format!("everybody on this machine can read {what}: {shown}"),
            if unit.dynamic_user {
                hand_over(&shown)
            } else {
                format!("chmod 640 {shown}, and give it to the group that groundswell runs as")
            },
        ),
        Ok(_) => Finding::good(about, format!("{what} can be read: {shown}")),
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
            ..Unit::default()
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

    #[test]
    fn a_secret_that_the_services_user_cannot_be_given_is_handed_over() {
        let here = tempfile::tempdir().unwrap();
        let kept = here.path().join("kept");
        std::fs::write(&kept, "s").unwrap();
        let plain = Unit::default();
        let dynamic = Unit { dynamic_user: true, ..Unit::default() };
        let loads = |file: &Path| Unit {
            dynamic_user: true,
            credentials: [("webhook-secret".to_owned(), file.to_owned())].into(),
            ..Unit::default()
        };
        let file = "/etc/groundswell/webhook-secret";
        let handed = "/run/credentials/groundswell.service/webhook-secret";
        let absent = || Err("No such file or directory (os error 2)".to_owned());
        let cases = [
            (file, Ok(0o640), &plain),
            (file, Ok(0o644), &plain),
            (file, absent(), &plain),
            (file, Ok(0o640), &dynamic),
            (file, Ok(0o644), &dynamic),
            (file, absent(), &dynamic),
            (handed, absent(), &dynamic),
            (handed, absent(), &loads(Path::new("/nonexistent/secret"))),
            (handed, absent(), &loads(&kept)),
            (handed, Ok(0o400), &loads(&kept)),
        ];
        let shown: String = cases
            .into_iter()
            .map(|(path, read, unit)| {
                let (about, what) = ("sources", "help-desk: the secret".to_owned());
                let (key, credential, path) = ("secret_file", "webhook-secret".to_owned(), Path::new(path));
                of_secret(&Secret { about, what, path, key, credential, read }, unit).to_string()
            })
            .collect();
        insta::assert_snapshot!(shown);
    }
}
