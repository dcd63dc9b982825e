//! The catalogue: all that letters say, in each of their languages. One file a language in `lang/`, in the syntax of Project
//! Fluent, which knows the plural forms of each.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Zoned;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

use crate::ground::language::Language;
use crate::ground::time::{Timestamp, zone_of};

/// The file of a language, and the tag by which its plural forms are known.
pub(super) fn file(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("en", include_str!("../../../lang/en.ftl")),
        Language::French => ("fr", include_str!("../../../lang/fr.ftl")),
        Language::Portuguese => ("pt-BR", include_str!("../../../lang/pt-BR.ftl")),
        Language::Spanish => ("es", include_str!("../../../lang/es.ftl")),
        Language::German => ("de", include_str!("../../../lang/de.ftl")),
    }
}

/// A value in a sentence: a number, which has its plural form, or a text.
pub(super) type Value<'a> = FluentValue<'a>;

/// One language, and the clocks that times are told by.
#[derive(Clone)]
pub(super) struct Tongue {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
    zone: TimeZone,
}

static TONGUES: LazyLock<BTreeMap<Language, Tongue>> =
    LazyLock::new(|| Language::ALL.into_iter().map(|language| (language, Tongue::new(language))).collect());

/// Where even the map lacks a language, which a test excludes.
static ENGLISH: LazyLock<Tongue> = LazyLock::new(|| Tongue::new(Language::English));

impl Tongue {
    /// What is said in this language.
    pub(super) fn of(language: Language) -> &'static Self {
        TONGUES.get(&language).unwrap_or(&ENGLISH)
    }

    fn new(language: Language) -> Self {
        let (tag, text) = file(language);
        let tag: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks of direction around each value would stand in subjects and plain texts; strangers' text is cleaned before.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::English => |value, _| as_written(value, ","),
            Language::French => |value, _| as_written(value, "\u{202f}"),
            Language::Portuguese | Language::Spanish | Language::German => |value, _| as_written(value, "."),
        }));
        // What cannot be read of a file is left out; a test reads each.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { language, bundle: Arc::new(bundle), zone: TimeZone::UTC }
    }

    /// The same, with times as the clocks of this zone show them.
    pub(super) fn by_clocks_of(&self, zone: Option<&str>) -> Self {
        Self { zone: zone_of(zone), ..self.clone() }
    }

    /// Whether these clocks are those by which days are counted everywhere.
    pub(super) fn is_by_utc(&self) -> bool {
        self.zone == TimeZone::UTC
    }

    /// A moment as the reader's clocks show it.
    pub(super) fn on_the_wall(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Which language it is.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Whether the catalogue has this message.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// A message without arguments.
    pub(super) fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A message with its arguments. One that the catalogue lacks is its own key: a test finds it.
    pub(super) fn tell(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// A number from −1 to 1 with its sign.
    pub(super) fn signed(&self, value: f64) -> String {
        let written = self.decimal(value, 2);
        if value >= 0.0 { format!("+{written}") } else { written }
    }

    /// A number with so many digits behind the point, or the comma.
    pub(super) fn decimal(&self, value: f64, digits: usize) -> String {
        let written = format!("{value:.digits$}").replace('-', "−");
        match self.language {
            Language::English => written,
            _ => written.replace('.', ","),
        }
    }
}

/// Whole numbers with their thousands apart. In Spanish, as in print, only from five digits on would do; a dot is understood.
fn as_written(value: &FluentValue<'_>, apart: &str) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 && number.value >= 0.0 => {
            Some(grouped(number.value, apart))
        }
        _ => None,
    }
}

fn grouped(count: f64, apart: &str) -> String {
    let digits = format!("{count:.0}");
    let mut out = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(apart);
        }
        out.push(digit);
    }
    out
}
