//! The options of `route`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConfigArgs, Format};

/// `route`
#[derive(Debug, Args)]
pub struct RouteArgs {
    /// Folder with the rule files; the one of the settings, or `rules` where there are none, unless it is named; with an
    /// alert's id those in force
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Settings: where the rules are, who has left, and what is silenced.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of an alert: who would be written to about it now
    #[arg(value_name = "ALERT", conflicts_with_all = ["text", "product", "topic"])]
    pub alert: Option<String>,
    /// What somebody could say: the products and topics that it is about
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["product", "topic"])]
    pub text: Option<String>,
    /// Id of the product
    #[arg(long, value_name = "ID", required_unless_present_any = ["alert", "text"])]
    pub product: Option<String>,
    /// Id of the topic; without it, a complaint that nobody named
    #[arg(long, value_name = "ID")]
    pub topic: Option<String>,
    /// How much it matters; as the topic has it, if you leave it out
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub severity: Option<SeverityArg>,
    /// Where people say it, such as BR or BR-SP
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// In which language, such as pt
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// In which source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// About which segment of the product, by its name in the product's file
    #[arg(long, value_name = "NAME")]
    pub segment: Option<String>,
    /// When it happens, such as 2025-01-06T23:30:00Z; now, if you leave it out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<jiff::Timestamp>,
    /// Say of every route why it fits or does not
    #[arg(long)]
    pub explain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SeverityArg {
    /// Good to know
    Low,
    /// The usual
    Normal,
    /// Lowers the bar
    High,
    /// Somebody could be hurt
    Safety,
}

/// A moment as people write it, in UTC where it names no zone.
fn moment(text: &str) -> Result<jiff::Timestamp, String> {
    let text = text.trim();
    let in_utc = || {
        let day = text.replace(' ', "T");
        let local = match day.contains('T') {
            true => day.parse::<jiff::civil::DateTime>().ok()?,
            false => day.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0),
        };
        Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(in_utc).ok_or_else(|| {
        "that is no day and hour: write it in UTC like \"2025-01-06 23:30\", or 2025-01-06T23:30:00Z"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        let at = |text: &str| moment(text).map(|at| at.to_string());
        for text in
            ["2025-01-06 23:30", "2025-01-06T23:30:00Z", "2025-01-07T00:30:00+01:00", "2025-01-06T23:30"]
        {
            assert_eq!(at(text).unwrap(), "2025-01-06T23:30:00Z", "{text}");
        }
        assert_eq!(at("2025-01-06").unwrap(), "2025-01-06T00:00:00Z");
        for none in ["tomorrow", "6.1.2025", "23:30", "2025-13-01 10:00", ""] {
            assert!(at(none).unwrap_err().contains("write it in UTC"), "{none}");
        }
    }
}
