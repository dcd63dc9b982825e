//! How a command ends when it cannot do what it was asked: a message for people, a number for programs.

use std::fmt;

/// Exit statuses: 1 and 2 are ours, the others are those of sysexits.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It ran and found problems.
    Problems = 1,
    /// Wrong usage.
    Usage = 2,
    /// Input that cannot be used (EX_DATAERR).
    BadData = 65,
    /// An input file that cannot be read (EX_NOINPUT).
    NoInput = 66,
    /// A service that cannot be had (EX_UNAVAILABLE).
    Unavailable = 69,
    /// A bug (EX_SOFTWARE).
    Software = 70,
    /// Something that cannot be made or written (EX_CANTCREAT).
    CannotCreate = 73,
    /// Reading or writing failed (EX_IOERR).
    Io = 74,
    /// Try again later (EX_TEMPFAIL).
    Later = 75,
    /// Settings that cannot be used (EX_CONFIG).
    Settings = 78,
}

/// Why a command ended.
#[derive(Debug)]
pub struct Failure {
    /// The exit status.
    pub exit: Exit,
    /// What to say; nothing when it has been said already.
    pub error: Option<anyhow::Error>,
}

impl Failure {
    /// A failure with a message.
    pub fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: Some(error.into()) }
    }

    /// A failure with a message made here.
    pub fn say(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, error: Some(anyhow::anyhow!("{message}")) }
    }

    /// The message with its causes, each said once: many errors tell their cause themselves.
    pub fn message(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        let mut message = String::new();
        for cause in error.chain() {
            let cause = cause.to_string();
            if !message.contains(&cause) {
                message = if message.is_empty() { cause } else { format!("{message}: {cause}") };
            }
        }
        Some(message)
    }

    /// Problems that have been printed.
    pub fn said() -> Self {
        Self { exit: Exit::Problems, error: None }
    }
}

impl From<crate::edges::store::StoreError> for Failure {
    fn from(error: crate::edges::store::StoreError) -> Self {
        use crate::edges::store::StoreError as E;
        let exit = match &error {
            E::Folder { .. } | E::NotWritable { .. } => Exit::CannotCreate,
            E::Absent { .. } | E::Closed { .. } => Exit::NoInput,
            E::Taken { .. } => Exit::Later,
            E::Damaged { .. } | E::Altered { .. } | E::Row { .. } | E::Newer { .. } => Exit::BadData,
            E::Full { .. } | E::Sqlite { .. } => Exit::Io,
        };
        Self::new(exit, error)
    }
}

impl From<crate::edges::rules_folder::RulesFolderError> for Failure {
    fn from(error: crate::edges::rules_folder::RulesFolderError) -> Self {
        let exit = match &error {
            crate::edges::rules_folder::RulesFolderError::Unwritable { .. } => Exit::CannotCreate,
            _ => Exit::NoInput,
        };
        Self::new(exit, error)
    }
}

impl From<crate::edges::index::IndexError> for Failure {
    fn from(error: crate::edges::index::IndexError) -> Self {
        Self::new(Exit::Io, error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // Whoever read the results has seen enough (`… | head`): nothing to complain about.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Io, error: None };
        }
        Self::new(Exit::Io, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let cause = std::io::Error::other("disk on fire");
        let error =
            anyhow::Error::from(cause).context("a.toml cannot be read: disk on fire").context("start");
        let failure = Failure { exit: Exit::Io, error: Some(error) };
        assert_eq!(failure.message().as_deref(), Some("start: a.toml cannot be read: disk on fire"));
    }
}
