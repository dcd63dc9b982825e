//! What `run` refuses in the settings before it touches anything, and `doctor` tells of: one list for both.

use super::Keeping;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::listeners::check_names;
use crate::assembly::configured::{All, mail, sender, stationery};
use crate::assembly::failure::{Exit, Failure};
use crate::edges::mail::{Kind, Mailbox, Transport};
use crate::edges::sources::SourceConfig;
use crate::edges::web::given_key;

/// Something in the settings that a daemon cannot work with.
#[derive(Debug)]
pub struct Unfit {
    /// The section, in one word.
    pub about: &'static str,
    /// What is wrong, and the exit status of `run`.
    pub failure: Failure,
}

/// All that is wrong with these settings, the gravest first. Nothing is written and nobody is asked.
pub fn unfit(settings: &All) -> Vec<Unfit> {
    let mut found = Vec::new();
    let mut note = |about, failure: Result<(), Failure>| {
        let said: Option<String> = failure.as_ref().err().and_then(Failure::message);
        let known = |u: &Unfit| u.failure.message() == said;
        if let Err(failure) = failure
            && !found.iter().any(known)
        {
            found.push(Unfit { about, failure });
        }
    };
    note("sources", check_names(settings));
    note("data", Keeping::of(settings).map(drop));
    note("mail", sender(settings).map(drop));
    note("mail", stationery(settings).map(drop));
    note("mail", transport(settings));
    note("web", web(settings));
    note("web", one_listener_an_address(settings));
    for address in &settings.operators.email {
        note("operators", operator(address));
    }
    found
}

/// An address of `[operators]` that cannot be written to, told where nobody would miss the mail to it.
fn operator(address: &str) -> Result<(), Failure> {
    let why = match address.parse::<Mailbox>() {
        Ok(_) if !address.contains(['\r', '\n']) => return Ok(()),
        Ok(_) => "it has a line break".to_owned(),
        Err(e) => e.to_string(),
    };
    Err(Failure::say(
        Exit::Settings,
        format!(
            "[operators] email holds \"{}\", which is no e-mail address ({why}); write name@domain",
            address.escape_debug()
        ),
    ))
}

/// Of two that listen at one address, the second would never hear anything.
fn one_listener_an_address(settings: &All) -> Result<(), Failure> {
    let mut known: BTreeMap<SocketAddr, String> = BTreeMap::new();
    if settings.web.public_url.is_some() {
        known.insert(settings.web.listen, "[web]".to_owned());
    }
    for source in &settings.source {
        let SourceConfig::Webhook(webhook) = &source.kind else { continue };
        let name = format!("source \"{}\"", source.name);
        if webhook.listen.port() != 0
            && let Some(other) = known.insert(webhook.listen, name.clone())
        {
            let said =
                format!("{other} and {name} both listen on {}; give each a port of its own", webhook.listen);
            return Err(Failure::say(Exit::Settings, said));
        }
    }
    Ok(())
}

fn transport(settings: &All) -> Result<(), Failure> {
    let mail = mail(settings);
    // To open a spool makes its folder.
    if mail.transport == Kind::Spool && mail.spool.as_ref().is_some_and(|spool| !spool.folder.is_dir()) {
        return Ok(());
    }
    let wrong =
        |e| Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"));
    Transport::open(&mail, settings.credentials.as_deref()).map(drop).map_err(wrong)
}

fn web(settings: &All) -> Result<(), Failure> {
    if settings.web.address().map_err(|e| Failure::say(Exit::Settings, e))?.is_none() {
        return Ok(());
    }
    given_key(settings.web.key_file.as_deref(), settings.credentials.as_deref())
        .map(drop)
        .map_err(|e| Failure::new(Exit::Settings, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_without_an_address_and_two_listeners_at_one_are_refused() {
        let source = "[[source]]\nname = 'hook'\nkind = 'webhook'\nsecret_file = 's'\n";
        assert_eq!(
            said(&format!("[operators]\nemail = ['a@example.org', 'Ana <ana@example.org>']\n{source}")),
            []
        );
        let wrong = said(&format!("[operators]\nemail = ['nobody', 'a@example.org']\n{source}"));
        assert!(wrong[0].0 == "operators" && wrong[0].1.contains("\"nobody\""), "{wrong:?}");
        let web = "[web]\npublic_url = 'https://g.example.org'\nlisten = '127.0.0.1:7172'\n";
        let wrong = said(&format!("{web}{source}"));
        assert!(wrong[0].1.contains("[web] and source \"hook\" both listen on 127.0.0.1:7172"), "{wrong:?}");
        // Without a public address nothing listens for links.
        assert_eq!(said(&format!("[web]\nlisten = '127.0.0.1:7172'\n{source}")), []);
    }

    fn said(toml: &str) -> Vec<(&'static str, String)> {
        let settings: All = toml::from_str(toml).unwrap();
        unfit(&settings).into_iter().map(|u| (u.about, u.failure.message().unwrap_or_default())).collect()
    }

    #[test]
    fn each_thing_that_run_refuses_is_named_once() {
        let sound = "[[source]]\nname = 'b'\nkind = 'jetstream'\n";
        assert_eq!(said(sound), []);
        let wrong = said(
            "[data]\nkeep_days = 30\n[web]\npublic_url = 'groundswell.example.org'\n[mail]\ntransport = 'smtp'\nfrom = 'nobody'\n",
        );
        let about: Vec<&str> = wrong.iter().map(|(about, _)| *about).collect();
        assert_eq!(about, ["sources", "data", "mail", "mail", "web"], "{wrong:?}");
        let all: String = wrong.iter().map(|(_, said)| format!("{said}\n")).collect();
        for part in ["no [[source]]", "60 or more", "no e-mail address", "mail.smtp.host", "public_url"] {
            assert!(all.contains(part), "{part} in {all}");
        }
    }

    #[test]
    fn a_key_for_links_that_can_be_guessed_is_refused_before_anything_is_made() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("web-key"), "short").unwrap();
        let mut settings: All = toml::from_str(
            "[web]\npublic_url = 'https://g.example.org'\n[[source]]\nname = 'b'\nkind = 'jetstream'\n",
        )
        .unwrap();
        assert!(unfit(&settings).is_empty());
        settings.credentials = Some(dir.path().to_owned());
        assert!(matches!(&unfit(&settings)[..], [Unfit { about: "web", .. }]));
    }
}
