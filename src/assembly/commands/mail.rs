//! `mail preview` and `mail test`: what letters look like, and whether they can be sent.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::standing::is_running;
use crate::assembly::cli::{ConfigArgs, MailCommand, MailPreviewArgs, MailTestArgs};
use crate::assembly::configured::{mail as mail_settings, sender, settings, stationery, templates_of};
use crate::assembly::daemon::watch_samples;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{counted, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::mail::{
    LetterError, Mailbox, Outcome, Stationery, Transport, is_of_the_settings, to_message,
};
use crate::edges::store::{Retried, Store};
use crate::ground::time::Clock;
use crate::logic::letters::{
    Desk, STYLE, Sample, Sender, Templates, notice, sample_pages, samples, samples_page, trial,
};
use crate::logic::links::Key;

/// Runs `mail`.
///
/// # Errors
/// A file cannot be written, the settings cannot be used, or the letter was not taken.
pub fn mail(command: &MailCommand) -> Result<(), Failure> {
    match command {
        MailCommand::Preview(args) => preview(args),
        MailCommand::Test(args) => test(args),
        MailCommand::Retry(args) => retry(args),
    }
}

fn retry(args: &ConfigArgs) -> Result<(), Failure> {
    let settings = settings(args)?;
    let mut store = Store::open_existing(&settings.data.folder)?;
    let retried = store.retry_letters(SystemClock.now())?;
    let in_queue = store.outbox_counts()?.waiting;
    let mut out = stdout();
    writeln!(out, "{}", what_was_done(retried, in_queue, is_running(&settings.data.folder)))?;
    Ok(out.flush()?)
}

/// What `retry` did, and what comes of it. `in_queue` letters are in the queue now, these among them.
fn what_was_done(Retried { parked, waited }: Retried, in_queue: u64, running: bool) -> String {
    let when = if running {
        "The daemon tries now; groundswell status shows what became of it."
    } else {
        "No daemon is running: letters go when one starts (systemctl start groundswell)."
    };
    let parked = (parked > 0)
        .then(|| counted(parked as u64, "letter that was parked is", "letters that were parked are"));
    let waited = (waited > 0).then(|| {
        counted(
            waited as u64,
            "letter need not wait for its next try",
            "letters need not wait for their next try",
        )
    });
    match (parked, waited) {
        (None, None) if in_queue == 0 => {
            "There is nothing to try again: no letter is parked, and none waits to be sent.".to_owned()
        }
        (None, None) => format!(
            "There is nothing to hurry: no letter is parked, and {} to be tried at once already. {when}",
            counted(in_queue, "letter is", "letters are")
        ),
        (Some(parked), None) => format!("{parked} in the queue again. {when}"),
        (None, Some(waited)) => format!("{waited}. {when}"),
        (Some(parked), Some(waited)) => format!("{parked} in the queue again, and {waited}. {when}"),
    }
}

fn preview(args: &MailPreviewArgs) -> Result<(), Failure> {
    let out = &args.out;
    made(out)?;
    let templates = match &args.templates {
        Some(folder) => overridden(folder)?,
        None => Templates::default(),
    };
    let (domain, from_name) = ("aster.example".to_owned(), "groundswell at Aster".to_owned());
    let contact = Some("operators@aster.example".to_owned());
    let sender = Sender { domain, from_name, contact, desk: desk(), templates };
    let from: Stationery = "groundswell <groundswell@aster.example>"
        .parse::<Mailbox>()
        .map(Stationery::from)
        .map_err(|e| Failure::say(Exit::Software, format!("the sender of the samples: {e}")))?;
    let mut all = samples(&sender, args.language);
    all.extend(to_operators(&sender));
    for sample in &all {
        let message = to_message(&sample.letter, &from).map_err(|e| Failure::new(Exit::Software, e))?;
        write(out, &format!("{}.eml", sample.name), message.bytes())?;
        write(out, &format!("{}.html", sample.name), message.view().as_bytes())?;
        write(out, &format!("{}.txt", sample.name), sample.letter.text.as_bytes())?;
    }
    let pages = sample_pages(args.language, &sender.templates);
    made(&out.join("pages"))?;
    write(out, "act.css", STYLE.as_bytes())?;
    for sample in &pages {
        write(&out.join("pages"), &format!("{}.html", sample.name), sample.page.html.as_bytes())?;
    }
    let index = write(out, "index.html", samples_page(&all, &pages).as_bytes())?;
    let mut stdout = stdout();
    let letters = counted(all.len() as u64, "letter", "letters");
    let behind = counted(pages.len() as u64, "page", "pages");
    writeln!(
        stdout,
        "{letters}, each as .eml, .html and .txt, and the {behind} behind their links; {} lists them",
        index.display()
    )?;
    Ok(stdout.flush()?)
}

/// Makes a folder.
fn made(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| {
        let what =
            format!("the folder {} cannot be made: {e}; name another one with --out DIR", folder.display());
        Failure::say(Exit::CannotCreate, what)
    })
}

/// Templates that override the built-in ones; a mistake in them is a failure here.
fn overridden(folder: &Path) -> Result<Templates, Failure> {
    let (templates, problems) = templates_of(folder);
    for problem in &problems {
        tell(problem);
    }
    if problems.is_empty() { Ok(templates) } else { Err(Failure::said()) }
}

/// What those who run the service are told: an alarm, its end, and the sign of life of the week.
fn to_operators(sender: &Sender) -> Vec<Sample> {
    let operators = ["operators@example.org".to_owned()];
    watch_samples()
        .into_iter()
        .map(|(name, when, told, at)| Sample {
            name,
            when,
            letter: notice("watch", &told.subject, &told.text, at, &operators, sender),
        })
        .collect()
}

/// Links that look as real ones do, and lead nowhere.
fn desk() -> Option<Desk> {
    let key = Key::new(b"the key of letters to be looked at")?;
    Some(Desk { url: "https://groundswell.aster.example".into(), key })
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(|e| {
        Failure::say(
            Exit::CannotCreate,
            format!("{} cannot be written: {e}; name another folder with --out DIR", path.display()),
        )
    })?;
    Ok(path)
}

fn test(args: &MailTestArgs) -> Result<(), Failure> {
    let all = settings(&args.config)?;
    let mail = mail_settings(&all);
    let wrong =
        |e| Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"));
    let from = stationery(&all)?;
    let sender = sender(&all)?;
    let letter = trial(&args.address, SystemClock.now(), &sender);
    let message = to_message(&letter, &from).map_err(|e| match e {
        LetterError::BadAddress { address, why, .. } => Failure::say(
            Exit::Usage,
            format!("\"{address}\" is no e-mail address ({why}): write name@example.org"),
        ),
        other => Failure::new(Exit::Software, other),
    })?;
    let transport = Transport::open(&mail, all.credentials.as_deref()).map_err(wrong)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (outcome, said) = runtime.block_on(transport.send_noting(&message));
    let mut out = stdout();
    let (exit, why) = match outcome {
        Outcome::Sent { answer, left_out } if left_out.is_empty() => {
            writeln!(out, "sent to {}: {answer}", args.address)?;
            return Ok(out.flush()?);
        }
        Outcome::Sent { left_out, .. } => {
            (Exit::Problems, left_out.into_iter().map(|out| out.why).collect::<Vec<_>>().join("; "))
        }
        Outcome::Refused { why } => (Exit::Problems, why),
        Outcome::Unreachable { why } if are_settings_wrong(&said) => (Exit::Settings, why),
        Outcome::TryLater { why } | Outcome::Unreachable { why } | Outcome::Unclear { why } => {
            (Exit::Later, why)
        }
    };
    for line in said {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Err(Failure::say(exit, format!("the letter to {} was not sent: {why}", args.address)))
}

/// Whether the server was spoken to and does not go on with these settings: it refuses the login for good, or cannot protect the
/// connection as they ask for. Trying later does not help then.
fn are_settings_wrong(said: &[String]) -> bool {
    let asked = said.iter().rposition(|line| line.starts_with("> AUTH"));
    let login = asked.and_then(|at| said.get(at..)).into_iter().flatten();
    login.filter(|line| line.starts_with("< ")).any(|line| line.starts_with("< 5"))
        || said.iter().any(|line| line.starts_with("- ") && is_of_the_settings(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lets_letters_be_tried_again_hears_which_and_when() {
        let said: Vec<String> =
            [(2, 1, 3, true), (1, 0, 1, false), (0, 3, 3, true), (0, 0, 0, true), (0, 0, 2, false)]
                .map(|(parked, waited, in_queue, running)| {
                    what_was_done(Retried { parked, waited }, in_queue, running)
                })
                .into();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn a_login_that_is_refused_is_a_matter_of_settings_and_a_busy_server_is_none() {
        let are =
            |lines: &[&str]| are_settings_wrong(&lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>());
        assert!(are(&["< 250 ok", "> AUTH PLAIN (name \"g\", the secret is not shown)", "< 535 5.7.8 no"]));
        assert!(are(&["< 250 ok", "- the mail server h:587 offers no STARTTLS, so it got neither …"]));
        assert!(!are(&["> AUTH PLAIN (…)", "< 454 4.7.0 try later"]));
        assert!(!are(&["< 554 5.3.2 no service", "- no mail server greets us"]));
    }
}
