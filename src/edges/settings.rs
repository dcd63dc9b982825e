//! What operators edit: `groundswell.toml`, over it the environment (`GROUNDSWELL__SECTION__KEY`), over it flags.

mod told;
mod unknown;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// Where the settings are unless said otherwise.
pub const DEFAULT_FILE: &str = "/etc/groundswell/groundswell.toml";

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// The file that was named is not there or cannot be read.
    #[error("the settings file {} cannot be read: {source}; {}", path.display(), advice(source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What stands in it cannot be used.
    #[error("the settings in {} (and the environment's GROUNDSWELL__…) cannot be used: {why}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// What to do about settings that cannot be read.
fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            "make it (README.md has an example of ten lines) or name another one with --config FILE"
        }
        std::io::ErrorKind::PermissionDenied => {
            "ls -l shows whose it is: let the user that groundswell runs as read it, or type this as that user or as root"
        }
        std::io::ErrorKind::IsADirectory => "name the file in it with --config FILE",
        std::io::ErrorKind::InvalidData => "it has to be a text in UTF-8; save it anew as that",
        _ => "name another one with --config FILE",
    }
}

/// Everything operators set. `M` is the mail section and `S` a source: those edges know their own keys, and the edges do
/// not know one another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings<M, S> {
    /// Where data is kept.
    #[serde(default)]
    pub data: DataSettings,
    /// Where the rules are.
    #[serde(default)]
    pub rules: RulesSettings,
    /// How complaints are told apart.
    #[serde(default)]
    pub clusters: ClustersSettings,
    /// Who runs the daemon.
    #[serde(default)]
    pub operators: OperatorsSettings,
    /// How mail goes out; unless given, into the folder `mail` of the data folder.
    pub mail: Option<M>,
    /// The pages behind the links of letters.
    #[serde(default)]
    pub web: WebSettings,
    /// Whom the owner of a site can write to about us: an address or a URL, sent along in requests.
    #[serde(default = "nobody", deserialize_with = "words")]
    pub contact: String,
    /// The sources.
    #[serde(default = "Vec::new")]
    pub source: Vec<S>,
    /// The folder in which systemd keeps the service's credentials, where there is one: no setting, but known beside them.
    #[serde(skip)]
    pub credentials: Option<PathBuf>,
}

/// The section `[data]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataSettings {
    /// The folder: log, outbox, index.
    pub folder: PathBuf,
    /// Texts of posts are kept so many days; for ever unless given.
    pub keep_days: Option<u32>,
    /// The oldest texts go when the database holds more than so many gigabytes; never unless given.
    pub keep_gb: Option<f64>,
}

/// The section `[rules]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesSettings {
    /// The folder of rule files.
    pub folder: PathBuf,
}

/// The section `[clusters]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClustersSettings {
    /// What says what posts mean: `built-in`, `off` (words alone), the file of a table, or the folder of a sentence
    /// encoder.
    pub model: String,
}

impl Default for ClustersSettings {
    fn default() -> Self {
        Self { model: "built-in".to_owned() }
    }
}

/// The section `[operators]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperatorsSettings {
    /// Addresses that are told when new rules have errors; nobody unless given.
    pub email: Vec<String>,
}

/// The section `[web]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the world reaches that: `https://groundswell.example.org`. Without it letters have no links, and nothing
    /// listens.
    pub public_url: Option<String>,
    /// File with the key that links are signed with, at least 32 bytes; unless given, the systemd credential `web-key`,
    /// else one is made in the data folder.
    pub key_file: Option<PathBuf>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 7171)), public_url: None, key_file: None }
    }
}

impl WebSettings {
    /// The public address without a slash at its end.
    ///
    /// # Errors
    /// It is no address of the web.
    pub fn address(&self) -> Result<Option<String>, String> {
        let Some(given) = &self.public_url else { return Ok(None) };
        let plain = |url: &url::Url| {
            matches!(url.scheme(), "https" | "http")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        };
        match url::Url::parse(given.trim()) {
            Ok(url) if plain(&url) => Ok(Some(url.as_str().trim_end_matches('/').to_owned())),
            _ => Err(format!(
                "[web] public_url is \"{given}\"; write where the world reaches this machine, such as https://groundswell.example.org"
            )),
        }
    }
}

impl Default for DataSettings {
    fn default() -> Self {
        Self { folder: "/var/lib/groundswell".into(), keep_days: None, keep_gb: None }
    }
}

impl Default for RulesSettings {
    fn default() -> Self {
        Self { folder: "/etc/groundswell/rules".into() }
    }
}

/// A text that stands in quotes: the library would make one of a number.
fn words<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    struct Words;
    impl serde::de::Visitor<'_> for Words {
        type Value = String;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }
    from.deserialize_any(Words)
}

fn nobody() -> String {
    "no contact given".into()
}

/// Reads the settings; `read` is what the file at `path` holds, or why it cannot be read. The default file need not exist: then
/// only the environment counts.
///
/// # Errors
/// The file cannot be read, or a key in it is unknown or of the wrong kind.
pub fn load<M: DeserializeOwned, S: DeserializeOwned>(
    path: &Path,
    read: std::io::Result<Vec<u8>>,
) -> Result<Settings<M, S>, SettingsFileError> {
    // Read here rather than by the library, so that the message says which file and why.
    let text = read.and_then(|bytes| {
        String::from_utf8(bytes)
            .map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no text in UTF-8"))
    });
    let text = match text {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && path == Path::new(DEFAULT_FILE) => {
            String::new()
        }
        Err(source) => return Err(SettingsFileError::Unreadable { path: path.to_owned(), source }),
    };
    let variables =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    parse(path, &text, variables.collect())
}

fn parse<M: DeserializeOwned, S: DeserializeOwned>(
    path: &Path,
    text: &str,
    variables: std::collections::HashMap<String, String>,
) -> Result<Settings<M, S>, SettingsFileError> {
    let read = |text: &str| {
        let environment = Environment::with_prefix("GROUNDSWELL")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true)
            .source(Some(variables.clone()));
        Config::builder()
            .add_source(File::from_str(text, FileFormat::Toml))
            .add_source(environment)
            .build()
            .and_then(Config::try_deserialize::<Settings<M, S>>)
    };
    read(text).map_err(|e| {
        let again = |text: &str| read(text).err().map(|e| e.to_string().trim().to_owned());
        // The library for the file alone knows more of a value that is none of a few, and nothing of the environment.
        let alone =
            || toml::from_str::<Settings<M, S>>(text).err().map(|e: toml::de::Error| e.message().to_owned());
        let why = told::told(e.to_string().trim(), text, &again, &alone);
        SettingsFileError::Unusable { path: path.to_owned(), why }
    })
}

#[cfg(test)]
mod tests {
    use super::told::in_words;
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Mail {
        host: String,
    }

    #[derive(Debug, Deserialize)]
    struct Source {
        name: String,
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings<Mail, Source>, SettingsFileError> {
        let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        parse(Path::new("groundswell.toml"), text, variables)
    }

    #[test]
    fn the_environment_lies_over_the_file() {
        let text = "[data]\nfolder = \"/a\"\n[mail]\nhost = \"h\"\n[[source]]\nname = \"bluesky\"\n";
        let settings =
            read(text, &[("GROUNDSWELL__DATA__FOLDER", "/b"), ("GROUNDSWELL_CONFIG", "x")]).unwrap();
        assert_eq!(settings.data.folder, Path::new("/b"));
        assert_eq!(
            (settings.mail.unwrap().host, settings.source[0].name.clone()),
            ("h".into(), "bluesky".into())
        );
    }

    #[test]
    fn each_reason_why_settings_cannot_be_read_has_its_own_advice() {
        let said = |kind: std::io::ErrorKind| {
            let (path, source) = (PathBuf::from("g.toml"), std::io::Error::from(kind));
            SettingsFileError::Unreadable { path, source }.to_string()
        };
        assert!(said(std::io::ErrorKind::NotFound).contains("make it"));
        let closed = said(std::io::ErrorKind::PermissionDenied);
        assert!(
            closed.contains("let the user that groundswell runs as read it") && !closed.contains("make it")
        );
        let dir = tempfile::tempdir().unwrap();
        let folder = load::<Mail, Source>(dir.path(), std::fs::read(dir.path())).unwrap_err().to_string();
        assert!(folder.contains("name the file in it with --config FILE"), "{folder}");
    }

    #[test]
    fn a_number_is_no_contact_and_a_port_has_its_bounds() {
        let said = read("contact = 5", &[]).unwrap_err().to_string();
        assert!(
            said.contains("the number 5 stands here; write a text in quotes") && said.contains("contact"),
            "{said}"
        );
        assert_eq!(read("contact = \"5\"", &[]).unwrap().contact, "5");
        assert_eq!(
            read("", &[("GROUNDSWELL__CONTACT", "ops@example.org")]).unwrap().contact,
            "ops@example.org"
        );
        let said = in_words("invalid value: integer `70000`, expected u16 for key `mail.smtp.port`");
        assert_eq!(
            said,
            "the number 70000 stands here; write a whole number from 0 to 65535 for key `mail.smtp.port`"
        );
    }

    #[test]
    fn without_a_file_the_defaults_hold() {
        let settings = read("", &[]).unwrap();
        assert_eq!(settings.data.folder, Path::new("/var/lib/groundswell"));
        assert!(settings.mail.is_none() && settings.source.is_empty());
    }

    #[test]
    fn a_public_address_is_one_of_the_web() {
        let address =
            |url: &str| WebSettings { public_url: Some(url.into()), ..WebSettings::default() }.address();
        assert_eq!(address("https://g.example.org/"), Ok(Some("https://g.example.org".into())));
        assert_eq!(address("http://127.0.0.1:7171"), Ok(Some("http://127.0.0.1:7171".into())));
        assert_eq!(address("https://example.org/g/"), Ok(Some("https://example.org/g".into())));
        for bad in
            ["g.example.org", "ftp://g.example.org", "https://a@b.example", "https://g.example/?x=1", ""]
        {
            assert!(address(bad).unwrap_err().contains("public_url"), "{bad}");
        }
        assert_eq!(WebSettings::default().address(), Ok(None));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_in_words() {
        let said = |text: &str| {
            read(text, &[]).unwrap_err().to_string().split_once("be used: ").unwrap().1.to_owned()
        };
        for (text, expected) in [
            (
                "[data]\nkeep_days = \"x\"",
                "line 2: the text \"x\" stands here; write a whole number without quotes for key `data.keep_days`",
            ),
            (
                "[operators]\nemail = \"a@b.c\"",
                "line 2: the text \"a@b.c\" stands here; write a list in square brackets, such as [\"…\"] for key `operators.email`",
            ),
            (
                "data = \"x\"",
                "line 1: the text \"x\" stands here; write a table with keys of its own for key `data`",
            ),
            (
                "[web]\nlisten = \"x\"",
                "line 2: this is no address with a port; write it in quotes, such as \"127.0.0.1:7171\" for key `web.listen`",
            ),
        ] {
            assert_eq!(said(text), expected);
        }
        for rust in ["u64", "struct ", "sequence,", "invalid type"] {
            assert!(!in_words("invalid type: integer `3`, expected u64 for key `a`").contains(rust));
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_the_file() {
        let said = read("[data]\nfolders = \"/a\"\n", &[]).unwrap_err().to_string();
        assert!(said.contains("groundswell.toml") && said.contains("folders"), "{said}");
    }

    #[test]
    fn a_source_is_called_by_its_name_and_counted_from_one() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Feed {
            #[allow(dead_code, reason = "read for its errors")]
            name: String,
            #[allow(dead_code, reason = "read for its errors")]
            url: String,
        }
        let said = |text: &str| {
            let read = parse::<Mail, Feed>(Path::new("g.toml"), text, std::collections::HashMap::new());
            read.unwrap_err().to_string().split_once("be used: ").unwrap().1.to_owned()
        };
        let good = "[[source]]\nname = \"a\"\nurl = \"u\"\n";
        for (text, expected) in [
            ("[[source]]\nname = \"press\"", "line 4: source 2 (\"press\"): the key `url` is missing"),
            ("[[source]]\nurl = \"u\"", "line 4: source 2: the key `name` is missing"),
            (
                "[[source]]\nname = \"press\"\nurl = [1]",
                "line 6: source 2 (\"press\"): url: a list stands here; write a text in quotes",
            ),
        ] {
            let hint = "; groundswell source list shows every key";
            assert_eq!(said(&format!("{good}{text}")), format!("{expected}{hint}"));
        }
        assert_eq!(
            said(&format!("{good}[[source]]\nname = \"press\"\nurl = \"u\"\nurll = 3")),
            "line 7: source 2 (\"press\"): there is no key `urll`; did you mean `url`? (groundswell source list shows every key)"
        );
        let never = |_: &str| None;
        assert_eq!(
            told::told("something about source[x]", "", &never, &|| None),
            "something about source[x]"
        );
        assert_eq!(
            told::told("missing configuration field \"source[7]url\"", "=", &never, &|| None),
            "source 8: the key `url` is missing; groundswell source list shows every key"
        );
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let none = Path::new("/nonexistent.toml");
        let said = load::<Mail, Source>(none, std::fs::read(none)).unwrap_err().to_string();
        assert!(said.contains("/nonexistent.toml") && said.contains("--config"), "{said}");
    }
}
