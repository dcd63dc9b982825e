//! The settings as the assembly uses them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cli::ConfigArgs;
use super::failure::{Exit, Failure};
use crate::edges::host::read_file;
use crate::edges::mail::{Kind, MailSettings, SpoolSettings, Stationery};
use crate::edges::settings::{self, Settings, SettingsFileError};
use crate::edges::sources::SourceSettings;
use crate::edges::template_folder::read_templates;
use crate::edges::web::key;
use crate::logic::cluster::{Model, choose_model};
use crate::logic::encoder::EncoderFiles;
use crate::logic::letters::{Desk, Sender, Templates, check_templates};
use crate::logic::links::Key;

/// Most bytes of a table of meanings, of an encoder's weights, and of the other files of an encoder. The largest of each that
/// are known are a quarter of that or less.
const MOST_OF_A_TABLE: u64 = 256 << 20;
const MOST_OF_WEIGHTS: u64 = 1 << 30;
const MOST_OF_WORDS: u64 = 64 << 20;

/// Most bytes of the settings.
const MOST_OF_SETTINGS: u64 = 1 << 20;

/// The settings of this program.
pub type All = Settings<MailSettings, SourceSettings>;

fn load(path: &Path) -> Result<All, SettingsFileError> {
    settings::load(path, read_file(path, MOST_OF_SETTINGS))
}

/// Reads the settings, with the flags over them.
///
/// # Errors
/// They cannot be read or used.
pub fn settings(args: &ConfigArgs) -> Result<All, Failure> {
    let mut all = load(&args.config).map_err(|e| Failure::new(Exit::Settings, e))?;
    if let Some(folder) = &args.data {
        all.data.folder.clone_from(folder);
    }
    all.credentials.clone_from(&args.credentials);
    choose(&all.clusters.model)?;
    Ok(all)
}

/// The table of meanings by its name or path, for this process.
///
/// # Errors
/// The file cannot be read, or holds none.
pub fn choose(model: &str) -> Result<(), Failure> {
    let chosen = match model {
        "built-in" => Model::BuiltIn,
        "off" => Model::Off,
        path => from_path(Path::new(path)).map_err(|e| Failure::say(Exit::Settings, e))?,
    };
    choose_model(chosen)
        .map_err(|e| Failure::say(Exit::Settings, format!("[clusters] model = \"{model}\": {e}")))
}

/// A table of meanings from its file, or an encoder from its folder (or from a file of it).
fn from_path(path: &Path) -> Result<Model, String> {
    let say = |file: &Path, e: std::io::Error, hint: &str| {
        format!("[clusters] model: {} cannot be read: {e}; {hint}", file.display())
    };
    let part = path.extension().is_some_and(|e| e == "safetensors" || e == "onnx" || e == "json");
    let folder = match path.parent() {
        Some(folder) if part && !path.is_dir() => folder,
        _ => path,
    };
    if !part && !path.is_dir() {
        let table = read_file(path, MOST_OF_A_TABLE);
        return table.map(Model::File).map_err(|e| say(path, e, "write \"built-in\", \"off\" or a path"));
    }
    let read = |name: &str, most: u64| {
        let file = folder.join(name);
        let hint = "an encoder is a folder with config.json, tokenizer.json and model.safetensors (ONNX is not \
                    read); models/README.md says where to get one";
        read_file(&file, most).map_err(|e| say(&file, e, hint))
    };
    let pooling = folder.join("1_Pooling/config.json");
    let pooling = match read_file(&pooling, MOST_OF_WORDS) {
        Ok(bytes) => Some(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(say(&pooling, e, "it says how an encoder's vectors are made")),
    };
    Ok(Model::Encoder(EncoderFiles {
        config: read("config.json", MOST_OF_WORDS)?,
        tokenizer: read("tokenizer.json", MOST_OF_WORDS)?,
        weights: read("model.safetensors", MOST_OF_WEIGHTS)?,
        pooling,
    }))
}

/// The mail section, or the one that leaves letters in the data folder.
pub fn mail(all: &All) -> MailSettings {
    all.mail.clone().unwrap_or_else(|| MailSettings {
        transport: Kind::Spool,
        from: "groundswell <groundswell@localhost>".into(),
        domain: None,
        smtp: None,
        fallback: Vec::new(),
        dkim: None,
        spool: Some(SpoolSettings { folder: spool_folder(all) }),
        templates: None,
    })
}

/// The sender, and who signs.
///
/// # Errors
/// The sender of the settings is no address, or the key of the signature cannot be used.
pub fn stationery(all: &All) -> Result<Stationery, Failure> {
    let mail = mail(all);
    let wrong =
        |e| Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"));
    let signer = mail.signer(all.credentials.as_deref()).map_err(wrong)?.map(Arc::new);
    Ok(Stationery { from: mail.mailbox().map_err(wrong)?, signer })
}

/// Who sends, as letters name it.
///
/// # Errors
/// The sender of the settings is no address.
pub fn sender(all: &All) -> Result<Sender, Failure> {
    let mail = mail(all);
    let wrong =
        |e| Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"));
    let mailbox = mail.mailbox().map_err(wrong)?;
    let domain = mail.id_domain().map_err(wrong)?;
    Ok(Sender {
        domain,
        from_name: mailbox.name.unwrap_or_else(|| "groundswell".into()),
        contact: all.operators.email.first().cloned(),
        ..Sender::default()
    })
}

/// The templates of the settings, and what is wrong with them: where one cannot be used, the built-in one stays.
pub fn templates(all: &All) -> (Templates, Vec<String>) {
    match all.mail.as_ref().and_then(|mail| mail.templates.as_deref()) {
        Some(folder) => templates_of(folder),
        None => (Templates::default(), Vec::new()),
    }
}

/// The templates of a folder over the built-in ones, and what is wrong with them, with file and line.
pub fn templates_of(folder: &Path) -> (Templates, Vec<String>) {
    let files = match read_templates(folder) {
        Ok(files) => files,
        Err(why) => return (Templates::default(), vec![why]),
    };
    let (templates, problems) = Templates::with(&files);
    let filled = check_templates(&templates);
    let problems = problems.iter().map(ToString::to_string).chain(filled);
    let problems = problems.map(|problem| format!("{}/{problem}", folder.display())).collect();
    (templates, problems)
}

/// Where the links of letters lead, if the settings name a public address. Makes the key if there is none.
///
/// # Errors
/// The address is none, or the key cannot be read or made.
pub fn desk(all: &All) -> Result<Option<Desk>, Failure> {
    let Some(url) = all.web.address().map_err(|e| Failure::say(Exit::Settings, e))? else { return Ok(None) };
    let file = all.web.key_file.as_deref();
    let bytes = key(file, all.credentials.as_deref(), &all.data.folder)
        .map_err(|e| Failure::new(Exit::Settings, e))?;
    let short = || Failure::say(Exit::Settings, "[web]: the key is too short");
    Ok(Some(Desk { url, key: Key::new(&bytes).ok_or_else(short)? }))
}

fn spool_folder(all: &All) -> PathBuf {
    all.data.folder.join("mail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_an_ordinary_file_of_a_size_that_models_have() {
        let dir = tempfile::tempdir().unwrap();
        let said = |path: &Path| from_path(path).err().unwrap();
        assert!(said(Path::new("/dev/zero")).contains("/dev/zero cannot be read: it is no ordinary file"));
        let table = dir.path().join("table.bin");
        std::fs::File::create(&table).unwrap().set_len(1 << 40).unwrap();
        assert!(said(&table).contains("larger than 256 MB"), "{}", said(&table));
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("config.json")).unwrap();
        assert!(said(dir.path()).contains("no ordinary file"), "{}", said(dir.path()));
    }

    #[test]
    fn what_is_no_file_of_settings_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let said = |path: &Path| load(path).unwrap_err().to_string();
        assert!(said(Path::new("/dev/zero")).contains("no ordinary file"));
        std::fs::write(file.path(), " ".repeat(MOST_OF_SETTINGS as usize)).unwrap();
        assert!(load(file.path()).is_ok());
        file.as_file().set_len(1 << 40).unwrap();
        assert!(said(file.path()).contains("larger than 1 MB"));
        std::fs::write(file.path(), b"\xff").unwrap();
        assert!(said(file.path()).contains("UTF-8"));
    }

    #[test]
    fn a_key_of_a_source_is_named_with_its_line_and_what_may_stand_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("g.toml");
        let said = |text: &str| {
            std::fs::write(&path, text).unwrap();
            load(&path).unwrap_err().to_string().split_once("be used: ").unwrap().1.to_owned()
        };
        let hint = "; groundswell source list shows every key";
        let other = "[[source]]\nname = \"b\"\nkind = \"jetstream\"\n";
        for (keys, expected) in [
            (
                "kind = \"feed\"\nurl = \"u\"\ninterval = \"10\"",
                "line 8: source 2 (\"a\"): interval: \"10\" is no duration; write a number and a unit, such as \"10m\", \"30s\" or \"500ms\"",
            ),
            (
                "kind = \"webhook\"\nlisten = \"7172\"\nsecret_file = \"s\"",
                "line 7: source 2 (\"a\"): listen: this is no address with a port; write it in quotes, such as \"127.0.0.1:7171\"",
            ),
            (
                "kind = \"jsonl\"\npath = \"p\"\nfollow = \"yes\"",
                "line 8: source 2 (\"a\"): follow: the text \"yes\" stands here; write true or false, without quotes",
            ),
        ] {
            assert_eq!(
                said(&format!("{other}[[source]]\nname = \"a\"\n{keys}\n")),
                format!("{expected}{hint}")
            );
        }
        let mail = "[mail]\ntransport = \"spool\"\nfrom = \"a@b.example\"\n";
        for (text, expected) in [
            (
                "# ours\n\nfolder = \"x\"\n[data]\nfolder = \"y\"\n".to_owned(),
                "line 3: there is no key `folder` above the first section; here can stand: [data], [rules], [clusters], [operators], [mail], [web], `contact`, [[source]]",
            ),
            (
                "contct = \"x\"\n".to_owned(),
                "line 1: there is no key `contct` above the first section; did you mean `contact`?",
            ),
            ("[dta]\nfolder = \"y\"\n".to_owned(), "line 1: there is no section [dta]; did you mean [data]?"),
            (
                "[rule]\nfolder = \"y\"\n".to_owned(),
                "line 1: there is no section [rule]; did you mean [rules]?",
            ),
            (
                format!("{other}[[sources]]\nname = \"c\"\n"),
                "line 4: there is no [[sources]]; did you mean [[source]]?",
            ),
            (
                "[source]\nname = \"c\"\nkind = \"jetstream\"\n".to_owned(),
                "line 1: a source has two pairs of brackets, since there can be several: write [[source]] for [source]",
            ),
            (
                format!("{other}\n[source]\nname = \"c\"\nkind = \"jetstream\"\n"),
                "line 5: a source has two pairs of brackets, since there can be several: write [[source]] for [source]",
            ),
            (
                "[data]\nkeep_gb = 3\n[rules]\n[data]\nkeep_days = 3\n".to_owned(),
                "line 4: the section [data] stands twice: write its keys below the first, and take this heading away",
            ),
            (
                "[data]\nkeep_gb = 3\nkeep_gb = 4\n".to_owned(),
                "line 3: `keep_gb` stands twice in this section: take one of them away",
            ),
            (
                "[[data]]\nfolder = \"c\"\n".to_owned(),
                "line 1: [[data]] stands once, with one pair of brackets: write [data]",
            ),
            (
                "[data]\nkeep_day = 3\n".to_owned(),
                "line 2: [data] has no key `keep_day`; did you mean `keep_days`?",
            ),
            (
                "[data]\nx = 3\n".to_owned(),
                "line 2: [data] has no key `x`; here can stand: folder, keep_days, keep_gb",
            ),
            (format!("{mail}form = \"x\"\n"), "line 4: [mail] has no key `form`; did you mean `from`?"),
            (
                format!("{mail}[mail.smpt]\nhost = \"h\"\n"),
                "line 4: [mail] has no key `smpt`; did you mean `smtp`?",
            ),
            (
                format!("{mail}[mail.smtp]\nhost = \"h\"\nprt = 25\n"),
                "line 6: [mail.smtp] has no key `prt`; did you mean `port`?",
            ),
            (
                format!("{other}[[source]]\nname = \"a\"\nkind = \"jsonl\"\npth = \"p\"\npath = \"p\"\n"),
                "line 7: source 2 (\"a\"): there is no key `pth`; did you mean `path`? (groundswell source list shows every key)",
            ),
            (
                format!(
                    "{other}[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"u\"\nintervall = \"10m\"\n"
                ),
                "line 8: source 2 (\"a\"): there is no key `intervall`; did you mean `interval`? (groundswell source list shows every key)",
            ),
        ] {
            assert_eq!(said(&text), expected);
        }
        let kind = said("[[source]]\nname = \"a\"\nkind = \"feeds\"\n");
        assert!(kind.contains("did you mean \"feed\"?"), "{kind}");
        let mail = "[mail]\ntransport = \"smtp\"\nfrom = \"a@b.example\"\n[mail.smtp]\nhost = \"h\"\n";
        for (key, expected) in [
            (
                "port = 99999",
                "line 6: the number 99999 stands here; write a whole number from 0 to 65535 for key `mail.smtp.port`",
            ),
            (
                "tls = \"ssl\"",
                "line 6: the text \"ssl\" stands here; write \"starttls\", \"implicit\" or \"none\" for key `mail.smtp.tls`",
            ),
        ] {
            assert_eq!(said(&format!("{mail}{key}\n")), expected);
        }
    }
}
