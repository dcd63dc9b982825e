//! `doctor`: is this installation sound, and what is to be done where it is not?

mod deep;
mod findings;
mod heard;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use findings::{Finding, Level, Secret};

use super::standing::{count, is_running, minute, one_line};
use super::status::{NOT_RUNNING, troubles};
use crate::assembly::cli::{DoctorArgs, Format};
use crate::assembly::configured::{All, mail, settings, templates};
use crate::assembly::daemon::unfit;
use crate::assembly::failure::Failure;
use crate::assembly::output::stdout;
use crate::edges::clock::SystemClock;
use crate::edges::host::{self, Unit};
use crate::edges::mail::{Kind, SmtpSettings, Tls, greeted};
use crate::edges::rules_folder::read_rules;
use crate::edges::store::Store;
use crate::ground::diagnostic::Level as Weight;
use crate::ground::time::{Clock, Timestamp};
use crate::logic::assess::Assessor;
use crate::logic::rules::RuleSet;

/// How long the mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than this is no secret.
const MOST_OF_A_SECRET: u64 = 1 << 20;
/// Less free room than this is too little, in bytes.
const LEAST_ROOM: u64 = 200 << 20;
/// Less than this is worth a word: a year of a middling source.
const LITTLE_ROOM: u64 = 2 << 30;
/// A log so far ahead of the clock says that the clock is wrong, in seconds.
const AHEAD: i64 = 300;

/// Runs `doctor`.
///
/// # Errors
/// Something is wrong with the installation.
pub fn doctor(args: &DoctorArgs) -> Result<(), Failure> {
    let mut found = Vec::new();
    let file = &args.config.config;
    // One that may not be looked for is there as far as anybody knows: reading it says what is wrong.
    let absent = file.try_exists().is_ok_and(|there| !there);
    if absent {
        found.push(Finding::bad(
            "settings",
            format!("the settings file {} is not there, so groundswell run refuses to start", file.display()),
            "make it (README.md has an example of ten lines), or name another one with --config FILE",
        ));
    }
    match settings(&args.config) {
        // That it is not there has been said.
        Err(_) if absent => {}
        Err(e) => found.push(Finding::bad(
            "settings",
            e.message().unwrap_or_default(),
            "mend them, and run groundswell doctor again: the rest depends on them",
        )),
        Ok(settings) => {
            look(&settings, &args.config.config, args.let_go, &mut found)?;
            if args.deep {
                deep::look(&settings.data.folder, args.let_go, &mut found)?;
            }
        }
    }
    let mut out = stdout();
    for finding in &found {
        match args.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(finding).unwrap_or_default())?,
            Format::Text => write!(out, "{finding}")?,
        }
    }
    let bad = found.iter().filter(|f| f.level == Level::Bad).count() as u64;
    let advice = found.iter().filter(|f| f.level == Level::Advice).count() as u64;
    if args.format == Format::Text {
        let words = match (bad, advice) {
            (0, 0) => "All is well.".to_owned(),
            (0, n) => {
                format!("Nothing is wrong; {}.", count(n, "thing could be better", "things could be better"))
            }
            (n, _) => format!("{} to be mended.", count(n, "thing has", "things have")),
        };
        writeln!(out, "\n{words}")?;
    }
    out.flush()?;
    if bad == 0 { Ok(()) } else { Err(Failure::said()) }
}

fn look(settings: &All, file: &Path, let_go: bool, found: &mut Vec<Finding>) -> Result<(), Failure> {
    if file.exists() {
        found.push(Finding::good("settings", format!("{} can be read", file.display())));
    }
    if settings.contact == "no contact given" {
        found.push(Finding::advice(
            "settings",
            "no contact is named",
            "write contact = \"you@example.org\" at the top: who runs a source can then ask before blocking us",
        ));
    }
    let now = SystemClock.now();
    let unit = host::unit(Path::new("/"));
    for refused in unfit(settings) {
        let why = refused.failure.message().unwrap_or_default();
        found.push(Finding::bad(refused.about, why, "groundswell run refuses to start until this is mended"));
    }
    data(settings, &unit, now, let_go, found)?;
    rules(&settings.rules.folder, found);
    letters(settings, &unit, found);
    heard::sources(settings, &unit, found);
    heard::refused_last(settings, found)?;
    heard::listeners(settings, found);
    if let Ok(Some(url)) = settings.web.address()
        && url.starts_with("http:")
    {
        found.push(Finding::advice(
            "web",
            format!(
                "the links of letters lead to {url}: what is said there can be read and changed on the way"
            ),
            "let a proxy speak TLS in front, and write public_url = \"https://…\"",
        ));
    }
    found.extend(findings::of_unit(&unit));
    Ok(())
}

fn data(
    settings: &All,
    unit: &Unit,
    now: Timestamp,
    let_go: bool,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let folder = &settings.data.folder;
    let shown = folder.display();
    if folder.exists() && !folder.is_dir() {
        found.push(Finding::bad(
            "data",
            format!("{shown} is no folder, and data needs one"),
            "let [data] folder name a folder, which groundswell makes if it is not there",
        ));
    } else if !folder.is_dir() {
        found.push(to_be_made(folder, unit));
    } else {
        match host::can_write(folder) {
            Err(e) => found.push(Finding::bad(
                "data",
                format!("{shown} cannot be written by this user: {e}"),
                "run doctor as the user that groundswell runs as, or give that user the folder",
            )),
            Ok(()) => found.push(Finding::good("data", format!("{shown} can be written"))),
        }
        if host::mode(folder).is_ok_and(|mode| mode & 0o077 != 0) {
            found.push(Finding::bad(
                "data",
                format!("others can look into {shown}, which holds what people said"),
                format!("chmod 700 {shown}"),
            ));
        }
        if Store::open_existing(folder).is_ok() || folder.join(crate::edges::store::FILE).exists() {
            match Store::open_existing(folder) {
                Err(e) => found.push(Finding::bad("data", e.to_string(), "see the message")),
                Ok(store) => {
                    if let Err(e) = store.decided() {
                        found.push(Finding::bad(
                            "data",
                            e.to_string(),
                            "groundswell restore FILE, into an empty folder",
                        ));
                    }
                    let ahead = store.last_time()?.filter(|last| last.as_second() - now.as_second() > AHEAD);
                    if let Some(last) = ahead {
                        found.push(Finding::bad(
                            "clock",
                            format!("the log was written to at {} UTC, which is still to come: the clock is wrong, or was", minute(last)),
                            "set the clock (timedatectl set-ntp true); until then new posts count as of that moment",
                        ));
                    }
                    if is_running(folder) || store.note("daemon")?.is_some() {
                        for trouble in troubles(settings, &store, now)? {
                            // To let go of what is damaged, it has to be stopped.
                            found.push(if let_go && trouble == NOT_RUNNING {
                                Finding::advice(
                                    "daemon",
                                    "it is stopped",
                                    "systemctl start groundswell, when this is done",
                                )
                            } else {
                                Finding::bad("daemon", trouble, "groundswell status shows more")
                            });
                        }
                    }
                }
            }
        }
    }
    let there = folder.ancestors().find(|part| part.is_dir()).unwrap_or(Path::new("/"));
    match host::room(there) {
        // What the system makes up (/proc) has no room at all.
        Some((_, 0)) => found.push(Finding::bad(
            "disk",
            format!("{} is on no disk: nothing can be written there", there.display()),
            "let [data] folder name a folder on a disk",
        )),
        Some((free, all)) => found.push(findings::of_room(free, all, LEAST_ROOM, LITTLE_ROOM)),
        None => {}
    }
    Ok(())
}

/// A data folder that is not there: can it be made? Under the unit systemd makes it, whoever asks here.
fn to_be_made(folder: &Path, unit: &Unit) -> Finding {
    let there = folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let absent = format!("the folder {} is not there yet", folder.display());
    match host::can_write(there) {
        Err(e) if unit.file.is_none() || !folder.starts_with("/var/lib") => Finding::bad(
            "data",
            format!("{absent}, and cannot be made: {}: {e}", there.display()),
            "let [data] folder name one that the user that groundswell runs as can make, or make it and give it to that user",
        ),
        _ => Finding::advice("data", absent, "groundswell run makes it; under systemd, StateDirectory does"),
    }
}

fn rules(folder: &Path, found: &mut Vec<Finding>) {
    let shown = folder.display();
    let files = match read_rules(folder) {
        Ok(files) => files,
        Err(e) => return found.push(Finding::bad("rules", e.to_string(), "README.md says how to begin")),
    };
    let (set, mut problems) = RuleSet::load(&files);
    problems.extend(Assessor::problems(&files));
    let errors = problems.iter().filter(|p| p.level == Weight::Error).count() as u64;
    let warnings = problems.len() as u64 - errors;
    let (errors_said, warnings_said) =
        (count(errors, "error", "errors"), count(warnings, "warning", "warnings"));
    let run = format!("groundswell check --rules {shown}");
    found.push(match (errors, warnings) {
        (0, 0) => Finding::good("rules", format!("{shown}: no problem")),
        (0, _) => Finding::advice("rules", format!("{shown}: {warnings_said}"), run),
        _ => Finding::bad("rules", format!("{shown}: {errors_said} and {warnings_said}"), run),
    });
    let watched = set.map_or(0, |set| set.products.len());
    if errors == 0 && watched == 0 {
        found.push(Finding::bad(
            "rules",
            "no product is watched",
            "rules/README.md: ten minutes to the first one",
        ));
    }
}

fn letters(settings: &All, unit: &Unit, found: &mut Vec<Finding>) {
    if settings.operators.email.is_empty() {
        found.push(Finding::advice(
            "mail",
            "nobody is told when new rules are refused or a source falls silent",
            "write [operators] email = [\"you@example.org\"]",
        ));
    }
    let mail = mail(settings);
    for problem in templates(settings).1 {
        let what = format!("a template cannot be used, the built-in one takes its place: {problem}");
        found.push(Finding::bad("mail", what, "mend it (docs/templates.md), and start groundswell again"));
    }
    if let Some(spool) =
        mail.spool.as_ref().filter(|_| mail.transport == Kind::Spool && settings.mail.is_some())
    {
        found.push(spool_folder(&spool.folder));
    }
    let Some(smtp) = mail.smtp.as_ref().filter(|_| mail.transport == Kind::Smtp) else {
        return found.push(Finding::advice(
            "mail",
            "letters are left in a folder, not sent",
            "name a mail server: [mail] transport = \"smtp\" and [mail.smtp] host = \"…\" (README.md, Settings)",
        ));
    };
    if let Some(path) = &smtp.password_file {
        let (what, read) = ("the password of the mail server".to_owned(), readable(path));
        let (key, credential) = ("password_file", "smtp-password".to_owned());
        found.push(findings::of_secret(&Secret { about: "mail", what, path, key, credential, read }, unit));
    }
    for server in [smtp].into_iter().chain(&mail.fallback) {
        found.extend(mail_server(server));
    }
}

/// Whether a mail server answers, and protects the connection as the settings say. It is not logged in: from here the password
/// may not be to be had.
fn mail_server(server: &SmtpSettings) -> Option<Finding> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    // What is wrong with the settings themselves has been said.
    let greeted = runtime.block_on(greeted(server, PATIENCE)).ok()?;
    let (host, port) = (&server.host, server.port());
    Some(match (greeted, server.tls) {
        (Ok(()), Tls::None) => Finding::good("mail", format!("{host}:{port} answers")),
        (Ok(()), _) => Finding::good("mail", format!("{host}:{port} answers, and speaks TLS")),
        (Err(why), _) => Finding::bad(
            "mail",
            one_line(&why),
            "look at host, port and tls in [mail.smtp] (587 goes with starttls, 465 with implicit), and whether a firewall lets this machine out",
        ),
    })
}

/// Whether letters can be left in a folder: it is made if it is not there.
fn spool_folder(folder: &Path) -> Finding {
    let shown = folder.display();
    let there = folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    match host::can_write(there) {
        Ok(()) => Finding::good("mail", format!("letters can be left in {shown}")),
        Err(e) => Finding::bad(
            "mail",
            format!("letters cannot be left in {shown} (mail.spool.folder): {}: {e}", there.display()),
            "name another folder, or let the user that groundswell runs as write there",
        ),
    }
}

/// The mode of a file with a secret in it, or why it cannot be read.
pub(in crate::assembly::commands) fn readable(path: &Path) -> Result<u32, String> {
    let meta = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if meta.is_dir() {
        return Err("it is a folder".into());
    }
    // A pipe would be waited for, and what comes out of it once is gone.
    if meta.is_file() {
        let held = host::read_file(path, MOST_OF_A_SECRET).map_err(|e| e.to_string())?;
        if held.trim_ascii().is_empty() {
            return Err(findings::EMPTY.into());
        }
    }
    host::mode(path).map_err(|e| e.to_string())
}
